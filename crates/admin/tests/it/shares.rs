//! What an account shares.
use crate::place::{Place, address, place, secret};
use admin::{AccountAct, Caller, Error, Permission, Request, Response, ShareAct, ShareView};
use directory::Role;
use journal::Event;

async fn people(place: &Place) {
    for name in ["anna", "bram", "carla"] {
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

fn grant(mailbox: &str, with: &str, rights: &str) -> Request {
    let (owner, with) = (address("anna@example.org"), address(with));
    Request::Share(ShareAct::Grant { owner, mailbox: mailbox.to_owned(), with, rights: rights.to_owned() })
}

fn revoke(mailbox: &str, with: &str) -> Request {
    let (owner, with) = (address("anna@example.org"), address(with));
    Request::Share(ShareAct::Revoke { owner, mailbox: mailbox.to_owned(), with })
}

async fn list(place: &Place, mailbox: Option<&str>) -> Result<Vec<String>, Error> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let owner = address("anna@example.org");
        let act = ShareAct::List { owner, mailbox: mailbox.map(str::to_owned), after };
        let Response::Shares { shares, next } = place.run(Request::Share(act)).await? else { panic!() };
        let told = |view: ShareView| format!("{} {} {}", view.mailbox, view.with, view.rights);
        found.extend(shares.into_iter().map(told));
        after = next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

#[tokio::test]
async fn what_is_granted_is_listed_and_taken_back() {
    let place = place().await;
    people(&place).await;
    assert_eq!(list(&place, None).await, Ok(Vec::new()));
    for (mailbox, with, rights) in
        [("Sent", "bram@example.org", "rl"), ("INBOX", "carla@example.org", "lrs"), ("inbox", "bram@example.org", "l")]
    {
        assert_eq!(place.run(grant(mailbox, with, rights)).await, Ok(Response::Done), "{mailbox}");
    }
    let all = ["INBOX bram@example.org l", "INBOX carla@example.org lrs", "Sent bram@example.org lr"];
    assert_eq!(list(&place, None).await.unwrap(), all);
    assert_eq!(list(&place, Some("Sent")).await.unwrap(), all[2..]);
    // exactly these, whatever there was
    assert_eq!(place.run(grant("Sent", "bram@example.org", "lrswite")).await, Ok(Response::Done));
    assert_eq!(list(&place, Some("Sent")).await.unwrap(), ["Sent bram@example.org lrswite"]);
    assert_eq!(place.run(revoke("Sent", "Bram@Example.org")).await, Ok(Response::Done));
    assert!(matches!(place.run(revoke("Sent", "bram@example.org")).await, Err(Error::NotFound(_))));
    assert_eq!(list(&place, None).await.unwrap(), all[..2]);
    let acts: Vec<String> = place
        .told
        .take()
        .into_iter()
        .map(|event| match event {
            Event::Act { act, subject, reason, .. } => {
                format!("{act}: {subject}: {}", reason.map(|reason| reason.to_string()).unwrap_or_default())
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(acts.first().unwrap(), "share grant: anna@example.org Sent: bram@example.org rl");
    assert_eq!(acts.last().unwrap(), "share revoke: anna@example.org Sent: Bram@example.org");
}

#[tokio::test]
async fn what_is_not_there_is_not_shared() {
    let place = place().await;
    people(&place).await;
    assert!(matches!(place.run(grant("nergens", "bram@example.org", "lr")).await, Err(Error::NotFound(_))));
    assert!(matches!(place.run(grant("INBOX", "niemand@example.org", "lr")).await, Err(Error::NotFound(_))));
    for rights in ["", "lz", "L"] {
        assert!(matches!(place.run(grant("INBOX", "bram@example.org", rights)).await, Err(Error::BadRequest(_))));
    }
    assert!(matches!(list(&place, Some("nergens")).await, Err(Error::NotFound(_))));
    let act = ShareAct::List { owner: address("niemand@example.org"), mailbox: None, after: None };
    assert!(matches!(place.run(Request::Share(act.clone())).await, Err(Error::NotFound(_))));
    // The service desk looks, and changes nothing.
    assert_eq!(Request::Share(act).permission(), Permission::Help);
    let desk = Caller::staff("desk", Role::ServiceDesk);
    let refused = place.admin.run(&desk, grant("INBOX", "bram@example.org", "lr")).await;
    assert!(matches!(refused, Err(Error::NotPermitted(_))));
}

#[tokio::test]
async fn a_list_comes_in_pages() {
    let place = place().await;
    people(&place).await;
    let id = place.directory.account(&address("anna@example.org")).await.unwrap().id;
    let anna = place.store.account(id).await.unwrap();
    for number in 0..250 {
        let name = format!("map{number:03}");
        anna.create_mailbox(&store::MailboxName::new(&name).unwrap(), None).await.unwrap();
        assert_eq!(place.run(grant(&name, "bram@example.org", "lr")).await, Ok(Response::Done));
    }
    let act = ShareAct::List { owner: address("anna@example.org"), mailbox: None, after: None };
    let page = place.run(Request::Share(act)).await.unwrap();
    assert!(matches!(page, Response::Shares { shares, next: Some(_) } if shares.len() == 200));
    assert_eq!(list(&place, None).await.unwrap().len(), 250);
}
