//! To whom an address goes, and who may send as it.
use crate::place::{Place, address, domain, place};
use directory::{AliasFault, DomainOptions, Error, Forward, Resolution, Target};
use names::AccountId;

fn account(id: u64, text: &str, detail: Option<&str>) -> Target {
    Target::Account { id: AccountId(id), address: address(text), detail: detail.map(str::to_owned) }
}

fn to(targets: &[Target]) -> Resolution {
    Resolution::Targets(targets.to_vec())
}

async fn alias(place: &Place, from: &str, targets: &[&str]) {
    let targets = targets.iter().map(|target| address(target)).collect();
    place.directory.add_alias(&address(from), targets).await.unwrap();
}

async fn resolve(place: &Place, text: &str) -> Resolution {
    place.directory.resolve(&address(text)).await.unwrap()
}

#[tokio::test]
async fn accounts_details_and_aliases() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    place.account(2, "Bram@example.org").await;
    place.account(3, "jan+piet@example.org").await;
    place.account(4, "jörg@example.org").await;
    alias(&place, "info@example.org", &["anna@example.org", "bram+werk@example.org", "x@elders.example"]).await;
    alias(&place, "all@example.org", &["info@example.org", "anna@example.org", "gone@example.org"]).await;
    let anna = || account(1, "anna@example.org", None);
    let info = [anna(), account(2, "Bram@example.org", Some("werk")), Target::Remote(address("x@elders.example"))];
    let all = [anna(), info[1].clone(), info[2].clone()];
    for (text, expected) in [
        ("anna@example.org", to(&[anna()])),
        ("ANNA@EXAMPLE.ORG", to(&[anna()])),
        ("anna+Lijst@example.org", to(&[account(1, "anna@example.org", Some("lijst"))])),
        ("anna+@example.org", to(&[account(1, "anna@example.org", Some(""))])),
        ("jan+piet@example.org", to(&[account(3, "jan+piet@example.org", None)])),
        ("JO\u{308}RG@example.org", to(&[account(4, "jörg@example.org", None)])),
        ("info@example.org", to(&info)),
        ("info+x@example.org", to(&info)),
        ("all@example.org", to(&all)),
        ("nobody@example.org", Resolution::Unknown),
        ("\"an na\"@example.org", Resolution::Unknown),
        ("+anna@example.org", Resolution::Unknown),
        ("anna@elders.example", Resolution::NotLocal),
    ] {
        let found = resolve(&place, text).await;
        match (&found, &expected) {
            // Breadth first: the order of an alias of an alias is not promised.
            (Resolution::Targets(found), Resolution::Targets(expected)) if text.starts_with("all") => {
                assert_eq!(found.len(), expected.len());
                assert!(expected.iter().all(|target| found.contains(target)), "{found:?}");
            }
            _ => assert_eq!(found, expected, "{text}"),
        }
    }
}

#[tokio::test]
async fn suspended_and_unknown_targets() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    place.account(2, "bram@example.org").await;
    place.directory.suspend(&address("bram@example.org"), "rekening open").await.unwrap();
    alias(&place, "both@example.org", &["bram@example.org", "anna@example.org"]).await;
    alias(&place, "one@example.org", &["bram@example.org", "nobody@example.org"]).await;
    alias(&place, "none@example.org", &["nobody@example.org"]).await;
    let suspended = Resolution::Suspended { reason: "rekening open".to_owned() };
    for (text, expected) in [
        ("bram@example.org", suspended.clone()),
        ("bram+x@example.org", suspended.clone()),
        ("both@example.org", to(&[account(1, "anna@example.org", None)])),
        ("one@example.org", suspended),
        ("none@example.org", Resolution::Unknown),
    ] {
        assert_eq!(resolve(&place, text).await, expected, "{text}");
    }
}

#[tokio::test]
async fn loops_and_limits() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    alias(&place, "a@example.org", &["b@example.org"]).await;
    alias(&place, "b@example.org", &["A@example.org"]).await;
    alias(&place, "self@example.org", &["self@example.org", "anna@example.org"]).await;
    assert_eq!(resolve(&place, "a@example.org").await, Resolution::Broken(AliasFault::Loop));
    assert_eq!(resolve(&place, "self@example.org").await, to(&[account(1, "anna@example.org", None)]));
    for number in 0..12 {
        alias(&place, &format!("d{number}@example.org"), &[&format!("d{}@example.org", number + 1)]).await;
    }
    alias(&place, "d12@example.org", &["anna@example.org"]).await;
    assert_eq!(resolve(&place, "d3@example.org").await, to(&[account(1, "anna@example.org", None)]));
    assert_eq!(resolve(&place, "d2@example.org").await, Resolution::Broken(AliasFault::TooDeep));
    let elsewhere = |from: usize, count: usize| -> Vec<_> {
        (from..from + count).map(|number| address(&format!("u{number}@elders.example"))).collect()
    };
    place.directory.add_alias(&address("m0@example.org"), elsewhere(0, 1000)).await.unwrap();
    place.directory.add_alias(&address("m1@example.org"), elsewhere(1000, 1000)).await.unwrap();
    alias(&place, "many@example.org", &["m0@example.org", "m1@example.org"]).await;
    let Resolution::Targets(targets) = resolve(&place, "m0@example.org").await else { panic!() };
    assert_eq!(targets.len(), 1000);
    assert_eq!(resolve(&place, "many@example.org").await, Resolution::Broken(AliasFault::TooMany));
}

#[tokio::test]
async fn catch_all_and_postmaster() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    place.account(2, "bram@example.org").await;
    let options = DomainOptions {
        separator: None,
        catch_all: Some(address("anna@example.org")),
        owner: Some(address("bram@example.org")),
    };
    place.directory.change_domain(&domain(), |_| options.clone()).await.unwrap();
    let anna = to(&[account(1, "anna@example.org", None)]);
    let bram = to(&[account(2, "bram@example.org", None)]);
    for (text, expected) in [
        ("nobody@example.org", &anna),
        ("bram+x@example.org", &anna),
        ("\"no body\"@example.org", &anna),
        ("postmaster@example.org", &bram),
        ("Abuse@example.org", &bram),
        ("hostmaster@example.org", &anna),
    ] {
        assert_eq!(resolve(&place, text).await, *expected, "{text}");
    }
    alias(&place, "abuse@example.org", &["anna@example.org"]).await;
    assert_eq!(resolve(&place, "abuse@example.org").await, anna);
    // A catch-all that is not there itself ends.
    let nowhere = DomainOptions { catch_all: Some(address("nowhere@example.org")), ..options };
    place.directory.change_domain(&domain(), |_| nowhere.clone()).await.unwrap();
    assert_eq!(resolve(&place, "nobody@example.org").await, Resolution::Broken(AliasFault::Loop));
}

#[tokio::test]
async fn who_may_send_as_what() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    place.account(2, "bram@example.org").await;
    alias(&place, "info@example.org", &["team@example.org", "x@elders.example"]).await;
    alias(&place, "team@example.org", &["anna@example.org"]).await;
    let options = DomainOptions {
        catch_all: Some(address("bram@example.org")),
        owner: Some(address("bram@example.org")),
        ..DomainOptions::default()
    };
    place.directory.change_domain(&domain(), |_| options.clone()).await.unwrap();
    for (from, anna, bram) in [
        ("Anna@example.org", true, false),
        ("anna+x@example.org", true, false),
        ("info@example.org", true, false),
        ("postmaster@example.org", false, true),
        ("anything@example.org", false, false),
        ("x@elders.example", false, false),
    ] {
        for (id, may) in [(1, anna), (2, bram)] {
            let found = place.directory.may_send_as(AccountId(id), &address(from)).await.unwrap();
            assert_eq!(found, may, "{from} {id}");
        }
    }
}

#[tokio::test]
async fn delegates_send_as_an_address_and_have_a_limit() {
    let place = place().await;
    for id in 1..=102 {
        place.account(id, &format!("user{id}@example.org")).await;
    }
    place.account(200, "anna@example.org").await;
    alias(&place, "info@example.org", &["anna@example.org"]).await;
    let directory = &place.directory;
    let may = async |id: u64, from: &str| directory.may_send_as(AccountId(id), &address(from)).await.unwrap();
    for from in ["anna@example.org", "info@example.org"] {
        assert!(!may(1, from).await);
        directory.add_delegate(&address(from), &address("User1@example.org")).await.unwrap();
        // twice is once
        directory.add_delegate(&address(from), &address("user1@example.org")).await.unwrap();
        assert!(may(1, from).await && may(200, from).await && !may(2, from).await);
        assert_eq!(directory.delegates(&address(from)).await.unwrap().len(), 1);
    }
    assert!(may(1, "Anna+lijst@example.org").await, "any detail of it");
    directory.remove_delegate(&address("anna@example.org"), &address("user1@example.org")).await.unwrap();
    assert!(!may(1, "anna@example.org").await && may(1, "info@example.org").await);
    let twice = directory.remove_delegate(&address("anna@example.org"), &address("user1@example.org")).await;
    assert!(matches!(twice, Err(Error::NoSuchAccount(_))));
    for id in 2..=101 {
        let outcome =
            directory.add_delegate(&address("info@example.org"), &address(&format!("user{id}@example.org"))).await;
        assert_eq!(outcome.is_ok(), id <= 100, "{id}");
    }
    // an address that is made anew has none
    directory.remove_alias(&address("info@example.org")).await.unwrap();
    alias(&place, "info@example.org", &["anna@example.org"]).await;
    assert!(!may(1, "info@example.org").await);
    // who is gone can be taken out
    directory.add_delegate(&address("info@example.org"), &address("user1@example.org")).await.unwrap();
    directory.remove_account(&address("user1@example.org")).await.unwrap();
    directory.remove_delegate(&address("info@example.org"), &address("user1@example.org")).await.unwrap();
    for (granted, to) in [("nobody@example.org", "anna@example.org"), ("info@example.org", "nobody@example.org")] {
        assert!(matches!(directory.add_delegate(&address(granted), &address(to)).await, Err(Error::NoSuchAccount(_))));
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_not_unknown() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    place.memory.corrupt(store_partition(), b"\x02example.org\0anna");
    let found = place.directory.resolve(&address("anna@example.org")).await;
    assert!(matches!(found, Err(Error::Corrupt(_))), "{found:?}");
}

fn store_partition() -> store::Partition {
    let id = u64::from_be_bytes(blake3::hash(b"example.org").as_bytes()[..8].try_into().unwrap());
    store::Partition::new(store::PartitionKind::Directory, id)
}

#[tokio::test]
async fn a_domain_that_is_an_alias_has_the_addresses_of_the_other() {
    let place = place().await;
    let other: names::Domain = "example.net".parse().unwrap();
    place.account(1, "anna@example.org").await;
    alias(&place, "info@example.org", &["anna@example.org", "x@elders.example"]).await;
    let options = DomainOptions { owner: Some(address("anna@example.org")), ..DomainOptions::default() };
    place.directory.change_domain(&domain(), |_| options.clone()).await.unwrap();
    place.directory.add_domain_alias(&other, &domain()).await.unwrap();
    let anna = |detail: Option<&str>| account(1, "anna@example.org", detail);
    for (text, expected) in [
        ("ANNA@example.net", to(&[anna(None)])),
        ("anna+x@example.net", to(&[anna(Some("x"))])),
        ("info@example.net", to(&[anna(None), Target::Remote(address("x@elders.example"))])),
        ("postmaster@example.net", to(&[anna(None)])),
        ("nobody@example.net", Resolution::Unknown),
    ] {
        assert_eq!(resolve(&place, text).await, expected, "{text}");
    }
    assert!(place.directory.may_send_as(AccountId(1), &address("anna@example.net")).await.unwrap());
    // it has none of its own, and what others stand on is not taken away
    let is_alias = Error::DomainIsAlias { domain: other.clone(), of: domain() };
    let add = place.directory.add_alias(&address("b@example.net"), vec![address("anna@example.org")]).await;
    assert_eq!(add.unwrap_err(), is_alias.clone());
    assert_eq!(place.directory.add_domain_alias(&"c.example".parse().unwrap(), &other).await.unwrap_err(), is_alias);
    let has_alias = Error::DomainHasAlias { domain: domain(), alias: other.clone() };
    assert_eq!(place.directory.remove_domain(&domain()).await.unwrap_err(), has_alias);
    place.directory.remove_domain(&other).await.unwrap();
    assert_eq!(resolve(&place, "anna@example.net").await, Resolution::NotLocal);
}

#[tokio::test]
async fn a_loop_through_a_domain_alias_is_found() {
    let place = place().await;
    place.directory.add_domain_alias(&"example.net".parse().unwrap(), &domain()).await.unwrap();
    alias(&place, "a@example.org", &["a@example.net"]).await;
    assert_eq!(resolve(&place, "a@example.org").await, Resolution::Broken(AliasFault::Loop));
}

#[tokio::test]
async fn q11_aliases_that_multiply_or_go_in_circles_are_found() {
    let place = place().await;
    // ten levels of ten each
    for level in 0..10 {
        let targets: Vec<String> = (0..10).map(|n| format!("l{}-{n}@example.org", level + 1)).collect();
        let targets: Vec<&str> = targets.iter().map(String::as_str).collect();
        let names = if level == 0 { 1 } else { 10 };
        for n in 0..names {
            alias(&place, &format!("l{level}-{n}@example.org"), &targets).await;
        }
    }
    let all: Vec<_> = (0..10).map(|n| address(&format!("x{n}@elders.example"))).collect();
    for n in 0..10 {
        place.directory.add_alias(&address(&format!("l10-{n}@example.org")), all.clone()).await.unwrap();
    }
    // one more level than there may be
    assert_eq!(resolve(&place, "l0-0@example.org").await, Resolution::Broken(AliasFault::TooDeep));
    let Resolution::Targets(targets) = resolve(&place, "l2-0@example.org").await else { panic!() };
    assert_eq!(targets.len(), 10, "each once, however many ways lead there");
    // ten times ten times ten times ten different ones
    for a in 0..10 {
        let below: Vec<String> = (0..10).map(|b| format!("m{a}-{b}@example.org")).collect();
        alias(&place, &format!("m{a}@example.org"), &below.iter().map(String::as_str).collect::<Vec<_>>()).await;
        for b in 0..10 {
            let far: Vec<String> = (0..110).map(|c| format!("y{a}-{b}-{c}@elders.example")).collect();
            let far: Vec<&str> = far.iter().map(String::as_str).collect();
            alias(&place, &format!("m{a}-{b}@example.org"), &far).await;
        }
    }
    let all: Vec<String> = (0..10).map(|a| format!("m{a}@example.org")).collect();
    alias(&place, "m@example.org", &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(resolve(&place, "m@example.org").await, Resolution::Broken(AliasFault::TooMany));
    alias(&place, "self@example.org", &["self@example.org"]).await;
    assert_eq!(resolve(&place, "self@example.org").await, Resolution::Broken(AliasFault::Loop));
}

async fn forward(place: &Place, from: &str, keep: bool, targets: &[&str]) {
    let forward = Forward { targets: targets.iter().map(|target| address(target)).collect(), keep };
    let before = place.directory.account(&address(from)).await.unwrap().forward;
    let replaced = place.directory.replace_forward(&address(from), before.as_ref(), Some(&forward)).await.unwrap();
    assert!(replaced.is_some());
}

#[tokio::test]
async fn an_account_sends_its_mail_on() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    place.account(2, "bram@example.org").await;
    alias(&place, "info@example.org", &["anna@example.org"]).await;
    let (anna, bram) = (account(1, "anna@example.org", None), account(2, "bram@example.org", None));
    let far = Target::Remote(address("x@elders.example"));
    forward(&place, "anna@example.org", false, &["x@elders.example"]).await;
    for text in ["anna@example.org", "anna+x@example.org", "info@example.org"] {
        assert_eq!(resolve(&place, text).await, to(std::slice::from_ref(&far)), "{text}");
    }
    // she may still send as herself, and as what leads to her
    for from in ["anna@example.org", "info@example.org"] {
        assert!(place.directory.may_send_as(AccountId(1), &address(from)).await.unwrap(), "{from}");
    }
    forward(&place, "anna@example.org", true, &["x@elders.example", "bram@example.org"]).await;
    assert_eq!(resolve(&place, "info@example.org").await, to(&[anna.clone(), far, bram]));
    // to one another, and a copy for one of them
    forward(&place, "anna@example.org", false, &["bram@example.org"]).await;
    forward(&place, "bram@example.org", false, &["info@example.org"]).await;
    assert_eq!(resolve(&place, "anna@example.org").await, Resolution::Broken(AliasFault::Loop));
    forward(&place, "anna@example.org", true, &["bram@example.org"]).await;
    assert_eq!(resolve(&place, "bram@example.org").await, to(std::slice::from_ref(&anna)));
    let by = address("anna@example.org");
    let (before, none) = (place.directory.account(&by).await.unwrap().forward, Forward { targets: vec![], keep: true });
    // whoever knows something else than what is set changes nothing
    for known in [None, Some(&none)] {
        assert_eq!(place.directory.replace_forward(&by, known, None).await, Ok(None));
    }
    assert!(place.directory.replace_forward(&by, before.as_ref(), None).await.unwrap().is_some());
    assert_eq!(resolve(&place, "anna@example.org").await, to(&[anna]));
    assert_eq!(place.directory.replace_forward(&by, None, Some(&none)).await, Err(Error::BadTargets));
    place.directory.suspend(&address("bram@example.org"), "rekening").await.unwrap();
    assert!(matches!(resolve(&place, "bram@example.org").await, Resolution::Suspended { .. }));
}
