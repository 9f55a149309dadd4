//! Contacts as vCards, as the service desk takes them in and gives them out.
use crate::place::{address, place, secret};
use admin::{AccountAct, Error, Permission, Request, Response};
use contacts::{LeftOut, LeftOutCause};
use directory::Role;

const ANNA: &str = "anna@example.org";

fn import(vcards: &str) -> Request {
    Request::Account(AccountAct::ImportContacts { address: address(ANNA), vcards: vcards.to_owned() })
}

fn export(after: Option<u64>) -> Request {
    Request::Account(AccountAct::ExportContacts { address: address(ANNA), after })
}

fn imported(created: u64, replaced: u64, bare: u64, refused: &[(u64, LeftOutCause, &str)]) -> Response {
    let left_out = |(index, cause, told): &(u64, LeftOutCause, &str)| LeftOut {
        index: *index,
        cause: *cause,
        told: (*told).to_owned(),
    };
    Response::ContactsImported { created, replaced, bare, refused: refused.iter().map(left_out).collect() }
}

fn vcard(uid: usize, more: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u{uid}\r\nFN:Person {uid}\r\n{more}END:VCARD\r\n")
}

#[tokio::test]
async fn contacts_come_in_and_go_out_as_vcards() {
    let place = place().await;
    assert!(matches!(place.run(import("")).await, Err(Error::NotFound(_))));
    let act = AccountAct::Add {
        address: address(ANNA),
        password: secret("geheim"),
        name: String::new(),
        quota: None,
        role: Role::User,
    };
    place.run(Request::Account(act)).await.unwrap();
    let all: String = (0..150).map(|uid| vcard(uid, "")).collect();
    assert_eq!(place.run(import(&all)).await, Ok(imported(150, 0, 0, &[])));
    // the same again, one of them changed, one with a picture that is too large, one that is no card
    let photo = format!("PHOTO;ENCODING=b;TYPE=JPEG:{}\r\n", "A".repeat(70_000));
    let note = format!("NOTE:{}\r\n", "x".repeat(70_000));
    let some = vcard(7, "NOTE:changed\r\n") + &vcard(150, &photo) + &vcard(151, &note);
    assert_eq!(
        place.run(import(&some)).await,
        Ok(imported(1, 1, 1, &[(2, LeftOutCause::TooLarge, "u151: too large")]))
    );
    let Ok(Response::Contacts { vcards, next }) = place.run(export(None)).await else { panic!() };
    assert_eq!(vcards.matches("BEGIN:VCARD").count(), 100);
    let Ok(Response::Contacts { vcards: rest, next: end }) = place.run(export(next)).await else { panic!() };
    assert_eq!((rest.matches("BEGIN:VCARD").count(), end), (51, None));
    let all = vcards + &rest;
    assert!(all.contains("UID:u7\r\n") && all.contains("NOTE;PROP-ID=1:changed\r\n"), "{all}");
    assert_eq!(place.run(import(&all)).await, Ok(imported(0, 151, 0, &[])), "what came out goes in");
    // one that is broken goes by itself, and is told of by its number
    let broken = vcard(0, "") + "BEGIN:VCARD\r\nFN:Anna\r\n" + &vcard(152, "");
    let left_out = (1, LeftOutCause::Invalid, "Anna: it does not end");
    assert_eq!(place.run(import(&broken)).await, Ok(imported(1, 1, 0, &[left_out])));
    let many: String = (0..1_001).map(|uid| vcard(uid, "")).collect();
    assert!(matches!(place.run(import(&many)).await, Err(Error::BadRequest(_))));
    assert_eq!((import("").permission(), export(None).permission()), (Permission::Own, Permission::Own));
}
