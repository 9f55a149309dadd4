//! Mail to postmaster has a reader wherever mail is taken (RFC 5321, 4.5.1).
use crate::place::{Place, address, new_account, place};
use directory::{DomainOptions, Forward, NewAccount, Resolution, Role, Target};
use names::AccountId;
use std::time::Duration;

async fn resolve(place: &Place, text: &str) -> Resolution {
    place.directory.resolve(&address(text)).await.unwrap()
}

/// Whose it is: the address of the one account.
async fn reader(place: &Place, text: &str) -> String {
    let Resolution::Targets(targets) = resolve(place, text).await else { return String::new() };
    let addresses = targets.iter().map(|target| match target {
        Target::Account { address, .. } | Target::Remote(address) => address.to_string(),
    });
    addresses.collect::<Vec<_>>().join(" ")
}

async fn account(place: &Place, id: u64, text: &str, role: Role) {
    let hash = place.hash("geheim").await;
    place.directory.add_account(NewAccount { role, ..new_account(id, text, hash) }).await.unwrap();
    // whom one looked for a while ago one looks for again
    place.clock.advance(Duration::from_secs(61)).await;
}

/// With a second domain that has no owner, and a third that is the second by another name.
async fn three_domains() -> Place {
    let place = place().await;
    let second = "shop.example".parse().unwrap();
    place.directory.add_domain(&second, DomainOptions::default()).await.unwrap();
    place.directory.add_domain_alias(&"shop2.example".parse().unwrap(), &second).await.unwrap();
    place
}

async fn own(place: &Place, of: &str, owner: &str) {
    let options = DomainOptions { owner: Some(address(owner)), ..DomainOptions::default() };
    place.directory.change_domain(&of.parse().unwrap(), |_| options.clone()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_domain_without_an_owner_has_that_of_the_default_domain() {
    let place = three_domains().await;
    place.account(1, "anna@example.org").await;
    place.account(2, "bram@shop.example").await;
    own(&place, "example.org", "anna@example.org").await;
    for text in
        ["postmaster@example.org", "postmaster@shop.example", "PostMaster@shop.example", "postmaster@shop2.example"]
    {
        assert_eq!(reader(&place, text).await, "anna@example.org", "{text}");
    }
    // nobody else is found by it, and it gives no right
    for text in ["nobody@shop.example", "abuse@shop.example", "postmaster+x@shop.example", "postmasters@shop.example"] {
        assert_eq!(resolve(&place, text).await, Resolution::Unknown, "{text}");
    }
    assert_eq!(resolve(&place, "postmaster@elders.example").await, Resolution::NotLocal);
    let Ok(Resolution::Targets(all)) = place.directory.postmaster_of_all().await else { panic!("nobody has it") };
    assert!(matches!(&all[..], [Target::Account { id: AccountId(1), .. }]), "{all:?}");
    let postmaster = address("postmaster@shop.example");
    assert!(!place.directory.may_send_as(AccountId(1), &postmaster).await.unwrap());
    assert!(!place.directory.is_named(&postmaster).await.unwrap());
    // an alias and an account find him too
    place.directory.add_alias(&address("hulp@shop.example"), vec![address("postmaster@shop2.example")]).await.unwrap();
    let forward = Forward { targets: vec![postmaster.clone()], keep: false };
    let bram = address("bram@shop.example");
    place.directory.replace_forward(&bram, None, Some(&forward)).await.unwrap();
    for text in ["hulp@shop.example", "bram@shop.example"] {
        assert_eq!(reader(&place, text).await, "anna@example.org", "{text}");
    }
    assert!(!place.directory.may_send_as(AccountId(1), &address("hulp@shop.example")).await.unwrap());
    place.directory.replace_forward(&bram, Some(&forward), None).await.unwrap();
    // whoever has it in the domain itself goes before, as long as he is there
    own(&place, "shop.example", "bram@shop.example").await;
    assert_eq!(reader(&place, "postmaster@shop2.example").await, "bram@shop.example");
    place.directory.suspend(&address("bram@shop.example"), "unpaid").await.unwrap();
    assert_eq!(reader(&place, "postmaster@shop.example").await, "anna@example.org");
    own(&place, "shop.example", "gone@shop.example").await;
    assert_eq!(reader(&place, "postmaster@shop.example").await, "anna@example.org");
    place.directory.add_alias(&postmaster, vec![postmaster.clone()]).await.unwrap();
    assert_eq!(reader(&place, "postmaster@shop.example").await, "anna@example.org");
}

#[tokio::test(start_paused = true)]
async fn without_any_owner_it_is_who_runs_the_provider() {
    let place = three_domains().await;
    // nobody is told that there is no postmaster
    for text in ["postmaster@example.org", "postmaster@shop.example"] {
        assert_eq!(resolve(&place, text).await, Resolution::NoPostmaster, "{text}");
    }
    account(&place, 1, "anna@example.org", Role::User).await;
    assert_eq!(resolve(&place, "postmaster@example.org").await, Resolution::NoPostmaster, "a customer is none");
    for (id, text, role) in [
        (2, "desk@example.org", Role::ServiceDesk),
        (3, "beheer@shop.example", Role::Owner),
        (4, "zeno@example.org", Role::Owner),
    ] {
        account(&place, id, text, role).await;
        assert_eq!(reader(&place, "postmaster@shop.example").await, text);
        assert_eq!(reader(&place, "postmaster@example.org").await, text);
    }
    place.directory.suspend(&address("zeno@example.org"), "away").await.unwrap();
    place.clock.advance(Duration::from_secs(61)).await;
    assert_eq!(reader(&place, "postmaster@shop.example").await, "beheer@shop.example");
    place.directory.add_alias(&address("postmaster@example.org"), vec![address("anna@example.org")]).await.unwrap();
    assert_eq!(reader(&place, "postmaster@shop.example").await, "anna@example.org");
}
