//! Who may send as whom, and whose sending is held.
use crate::place::{Place, address, place, secret};
use admin::{AccountAct, Caller, Error, Permission, Request, Response, SenderAct};
use directory::Role;
use journal::Event;

async fn people(place: &Place) {
    for name in ["anna", "bram"] {
        let act = AccountAct::Add {
            address: address(&format!("{name}@example.org")),
            password: secret("geheim"),
            name: String::new(),
            quota: None,
            role: Role::User,
        };
        assert_eq!(place.run(Request::Account(act)).await, Ok(Response::Done));
    }
    place.told.take();
}

fn acts(place: &Place) -> Vec<String> {
    let act = |event: Event| match event {
        Event::Act { act, subject, reason, .. } => format!("{act} {subject} {}", reason.unwrap_or_else(|| "-".into())),
        other => panic!("{other:?}"),
    };
    place.told.take().into_iter().map(act).collect()
}

#[tokio::test]
async fn delegates_are_named_listed_and_taken_back() {
    let place = place().await;
    people(&place).await;
    let (anna, bram) = (|| address("anna@example.org"), || address("bram@example.org"));
    let list = || Request::Sender(SenderAct::List { address: anna() });
    let grant = |to| Request::Sender(SenderAct::Grant { address: anna(), to });
    let revoke = || Request::Sender(SenderAct::Revoke { address: anna(), to: bram() });
    assert_eq!(place.run(list()).await, Ok(Response::Delegates { delegates: vec![] }));
    assert_eq!(place.run(grant(bram())).await, Ok(Response::Done));
    assert!(matches!(place.run(grant(address("nobody@example.org"))).await, Err(Error::NotFound(_))));
    let Response::Delegates { delegates } = place.run(list()).await.unwrap() else { panic!() };
    assert_eq!(delegates.iter().map(|one| one.address.to_string()).collect::<Vec<_>>(), ["bram@example.org"]);
    assert_eq!(place.run(revoke()).await, Ok(Response::Done));
    assert!(matches!(place.run(revoke()).await, Err(Error::NotFound(_))));
    let told = ["sender grant anna@example.org bram@example.org", "sender revoke anna@example.org bram@example.org"];
    assert_eq!(acts(&place), told);
    assert_eq!((list().permission(), revoke().permission()), (Permission::Help, Permission::Operate));
}

#[tokio::test]
async fn q13_the_service_desk_holds_what_an_account_sends() {
    let place = place().await;
    people(&place).await;
    let anna = || address("anna@example.org");
    let desk = Caller::staff("desk@example.org", Role::ServiceDesk);
    let hold = Request::Account(AccountAct::Hold { address: anna(), reason: "stolen".to_owned() });
    assert_eq!(place.admin.run(&desk, hold.clone()).await, Ok(Response::Held { messages: 0 }));
    let show = Request::Account(AccountAct::Show { address: anna() });
    let Response::Account(view) = place.run(show).await.unwrap() else { panic!() };
    assert_eq!((view.held.as_deref(), view.suspended), (Some("stolen"), None));
    assert_eq!(place.admin.run(&desk, hold).await, Ok(Response::Held { messages: 0 }), "it can be repeated");
    let release = || Request::Account(AccountAct::Release { address: anna() });
    for _ in 0..2 {
        assert_eq!(place.admin.run(&desk, release()).await, Ok(Response::Done));
    }
    assert_eq!(place.directory.account(&anna()).await.unwrap().held, None);
    let nobody = AccountAct::Hold { address: address("nobody@example.org"), reason: "x".to_owned() };
    assert!(matches!(place.run(Request::Account(nobody)).await, Err(Error::NotFound(_))));
    assert_eq!(
        acts(&place),
        [
            "account hold anna@example.org stolen",
            "account hold anna@example.org stolen",
            "account release anna@example.org -",
            "account release anna@example.org -",
        ]
    );
}
