//! Who still logs in without TLS (docs/security.md, A17).
use crate::place::place;
use admin::{AccountAct, PlainLoginsView, Request, Response};
use journal::{Event, Journal, Peer, Settings, Writer};
use names::AccountId;
use std::sync::Arc;

fn login(account: u64, listener: &str, tls: Option<&str>) -> Event {
    let peer = Peer {
        session: "s".into(),
        remote: "192.0.2.1:1024".parse().unwrap(),
        listener: listener.into(),
        tls: tls.map(Into::into),
    };
    Event::LoginAccepted { peer, account: AccountId(account), mechanism: "PLAIN".into() }
}

#[tokio::test]
async fn a17_who_logged_in_without_tls_is_gathered_page_by_page() {
    let place = place().await;
    let (world, ..) = world::scripted::world();
    let (journal, writer) = Journal::open(Arc::new(place.memory.clone()), &world, Settings::default());
    for number in 0..1_500 {
        journal.record(login(1, if number % 2 == 0 { "pop3" } else { "imap" }, None));
        journal.record(login(2, "imaps", Some("TLSv1.3")));
    }
    journal.record(login(3, "imap", None));
    Writer::run(writer, std::future::ready(())).await;

    let (mut pages, mut after, mut found) = (0, None, Vec::<PlainLoginsView>::new());
    loop {
        let answer = place.run(Request::Account(AccountAct::PlainLogins { after })).await;
        let Ok(Response::PlainLogins { accounts, next }) = answer else { panic!("{answer:?}") };
        found.extend(accounts);
        pages += 1;
        match next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert!(pages >= 3, "{pages}");
    assert_eq!(found.first().map(|view| view.account), Some(AccountId(3)), "the newest comes first");
    assert!(found.iter().all(|view| view.account != AccountId(2)));
    let of_one = found.iter().filter(|view| view.account == AccountId(1));
    assert_eq!(of_one.clone().map(|view| view.logins).sum::<u64>(), 1_500);
    assert!(of_one.flat_map(|view| &view.listeners).all(|listener| ["imap", "pop3"].contains(&listener.as_str())));
    let wrong = AccountAct::PlainLogins { after: Some("nowhere".to_owned()) };
    assert!(matches!(place.run(Request::Account(wrong)).await, Err(admin::Error::BadRequest(_))));
}
