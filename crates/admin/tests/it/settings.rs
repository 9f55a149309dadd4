//! What customers set up, as operators are told it.
use crate::place::{domain, place};
use admin::control::{Control, ask};
use admin::{Caller, Error, Request, Response};
use directory::Role;
use guide::{Door, Guide, Open, Security, Service};
use std::collections::BTreeSet;
use std::sync::Arc;
use transport::scripted;

fn imap_at(port: u16) -> Guide {
    let imap = Door {
        service: Service::Imap,
        names: vec![domain()],
        ports: BTreeSet::from([port]),
        security: Security::Starttls,
        login_without_tls: true,
    };
    Guide::new(&Open {
        provider: domain(),
        name: None,
        doors: vec![imap],
        certified: None,
        bad_helo: None,
        page: "/settings",
        webmail: None,
    })
}

#[tokio::test]
async fn it_is_what_was_last_set() {
    let place = place().await;
    assert!(matches!(place.run(Request::Settings).await, Err(Error::Unavailable(_))));
    let mut connection = scripted::serve(&Control::new(Arc::clone(&place.admin)), scripted::peer("127.0.0.1:1"), None);
    for port in [143, 1143] {
        place.admin.set_guide(imap_at(port));
        let answer = ask(&mut connection, &Request::Settings).await;
        assert_eq!(answer, Ok(Response::Settings(Box::new(imap_at(port)))));
    }
    assert!(place.told.take().is_empty(), "who only looks is not told of");
}

#[tokio::test]
async fn what_is_published_is_told_to_everybody() {
    let place = place().await;
    place.admin.set_guide(imap_at(143));
    for role in [Role::Owner, Role::ServiceDesk, Role::User] {
        let caller = Caller::staff("test", role);
        assert!(place.admin.run(&caller, Request::Settings).await.is_ok(), "{role:?}");
    }
}
