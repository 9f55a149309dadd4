//! What a customer may do with his own account, and with no other.
use crate::place::{Place, address, place, secret};
use admin::{AccountAct, AskedBy, Caller, Error, ForwardView, Permission, Request, Response, Weakness};
use directory::Role;
use journal::Event;

async fn with_anna() -> Place {
    let place = place().await;
    for name in ["anna", "bram"] {
        let act = AccountAct::Add {
            address: address(&format!("{name}@example.org")),
            password: secret("geheim"),
            name: String::new(),
            quota: None,
            role: Role::User,
        };
        place.run(Request::Account(act)).await.unwrap();
    }
    place.told.take();
    place
}

fn anna() -> names::Address {
    address("anna@example.org")
}

/// Every act that is a customer's own.
fn acts() -> Vec<AccountAct> {
    let asked = AskedBy { from: "192.0.2.1".parse().unwrap(), token: None };
    vec![
        AccountAct::Forward {
            address: anna(),
            targets: vec![address("x@elders.example")],
            keep: true,
            instead_of: None,
        },
        AccountAct::Block { address: anna(), pattern: "@spam.example".parse().unwrap(), only_in: None },
        AccountAct::BlockedSenders { address: anna() },
        AccountAct::Unblock { address: anna(), pattern: "@spam.example".parse().unwrap(), only_in: None },
        AccountAct::Logins { address: anna() },
        AccountAct::ExportContacts { address: anna(), after: None },
        AccountAct::ChangePassword { address: anna(), current: secret("geheim"), new: secret("nieuw woord"), asked },
    ]
}

#[tokio::test(start_paused = true)]
async fn j07_a_customer_acts_on_his_own_account_alone() {
    let place = with_anna().await;
    let (own, other) = (Caller::customer(&anna()), Caller::customer(&address("bram@example.org")));
    let nobody = Caller::staff("x", Role::User);
    for act in acts() {
        let request = Request::Account(act);
        assert_eq!(request.permission(), Permission::Own);
        for stranger in [&other, &nobody] {
            let refused = place.admin.run(stranger, request.clone()).await;
            assert!(matches!(refused, Err(Error::NotPermitted(_))), "{request:?}");
        }
        assert!(place.admin.run(&own, request.clone()).await.is_ok(), "{request:?}");
    }
    // whoever he is elsewhere, there he is a customer
    let show = Request::Account(AccountAct::Show { address: anna() });
    assert!(matches!(place.admin.run(&own, show).await, Err(Error::NotPermitted(_))));
    let told = place.told.take();
    let acts = told.iter().filter_map(|event| match event {
        Event::Act { by, act, .. } => Some((by.as_str(), act.as_str())),
        _ => None,
    });
    let by_anna = |act| ("anna@example.org", act);
    let expected = ["account forward", "account block", "account unblock", "account password"];
    assert_eq!(acts.collect::<Vec<_>>(), expected.map(by_anna));
}

#[tokio::test]
async fn where_mail_goes_on_to_is_told_whoever_set_it() {
    let place = with_anna().await;
    let desk = Caller::staff("desk@example.org", Role::ServiceDesk);
    let id = place.directory.account(&anna()).await.unwrap().id;
    let messages = async || place.store.account(id).await.unwrap().quota().await.unwrap().emails;
    let forward = |targets: &[&str]| {
        let targets = targets.iter().map(|target| address(target)).collect();
        Request::Account(AccountAct::Forward { address: anna(), targets, keep: false, instead_of: None })
    };
    for (targets, told) in [(&["x@elders.example"][..], 1), (&["x@elders.example"], 1), (&[], 2), (&[], 2)] {
        assert_eq!(place.admin.run(&desk, forward(targets)).await, Ok(Response::Done));
        assert_eq!(messages().await, told, "{targets:?}");
    }
    // the service desk may do what a customer may not
    let eleven: Vec<String> = (0..11).map(|number| format!("a{number}@elders.example")).collect();
    let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
    let refused = place.admin.run(&Caller::customer(&anna()), forward(&eleven)).await;
    assert!(matches!(refused, Err(Error::BadRequest(_))));
    assert_eq!(place.admin.run(&desk, forward(&eleven)).await, Ok(Response::Done));
    // who has seen something else than what is set changes nothing, and nothing is told
    let told = messages().await;
    let unless = ForwardView { targets: Vec::new(), keep: true };
    let act = AccountAct::Forward { address: anna(), targets: Vec::new(), keep: true, instead_of: Some(unless) };
    assert_eq!(place.admin.run(&Caller::customer(&anna()), Request::Account(act)).await, Err(Error::Overtaken));
    assert_eq!(messages().await, told);
}

#[tokio::test(start_paused = true)]
async fn a_password_is_changed_by_who_proves_the_one_before() {
    let place = with_anna().await;
    let own = Caller::customer(&anna());
    let change = |current: &str, new: &str| {
        let asked = AskedBy { from: "192.0.2.1".parse().unwrap(), token: None };
        let (current, new) = (secret(current), secret(new));
        Request::Account(AccountAct::ChangePassword { address: anna(), current, new, asked })
    };
    assert_eq!(place.admin.run(&own, change("geraden", "nieuw woord")).await, Err(Error::WrongPassword));
    let weak = place.admin.run(&own, change("geheim", "kort")).await;
    assert!(matches!(weak, Err(Error::WeakPassword { why: Weakness::TooShort, .. })), "{weak:?}");
    assert_eq!(
        place.admin.run(&own, change("geheim", "nieuw woord")).await,
        Ok(Response::PasswordChanged { ended: 0 })
    );
    let told: Vec<_> = place.told.take();
    assert!(format!("{told:?}").contains("account password refused"), "{told:?}");
    // the service desk sets one without, by the same rules
    let set = |word| Request::Account(AccountAct::Password { address: anna(), password: secret(word) });
    let named = place.run(set("dit is anna")).await;
    assert!(matches!(named, Err(Error::WeakPassword { why: Weakness::ContainsName, .. })), "{named:?}");
    assert_eq!(place.run(set("een ander")).await, Ok(Response::Done));
}
