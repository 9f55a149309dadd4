//! The letter that is filed already.
use crate::place::Place;
use store::{FlagChange, Flags, NewBlob, SystemFlags, Uid};

const LETTER: &str = "Message-ID: <1@x>\nFrom: a@b\nSubject: s\n\ntext\n";

async fn found(place: &Place, blob: &NewBlob) -> Option<u32> {
    place.account.same_letter(place.inbox, blob).await.unwrap().map(|(uid, _)| uid.get())
}

#[tokio::test]
async fn the_same_letter_is_found_and_another_is_not() {
    let place = Place::new().await;
    place.append("Subject: s\n\ntext\n").await;
    place.append(LETTER).await;
    for (text, uid) in [
        (LETTER.to_owned(), Some(2)),
        (LETTER.replace("Subject", "Bcc: c@d\nSubject"), Some(2)),
        (LETTER.replace("text", "texts"), None),
        (LETTER.replace("text", "tekt"), None),
        (LETTER.replace("Subject: s", "Subject: t"), None),
        (LETTER.replace("<1@x>", "<2@x>"), None),
        (LETTER.replace("Message-ID: <1@x>\n", ""), None),
        (LETTER.replace("\n\ntext\n", "\n"), None),
    ] {
        assert_eq!(found(&place, &place.email(&text).await.blob).await, uid, "{text}");
    }
    // a large body is compared piece by piece
    let large = |last: &str| format!("Message-ID: <3@x>\n\n{}{last}\n", "line\n".repeat(60_000));
    place.append(&large("end")).await;
    assert_eq!(found(&place, &place.email(&large("end")).await.blob).await, Some(3));
    assert_eq!(found(&place, &place.email(&large("END")).await.blob).await, None);
}

#[tokio::test]
async fn what_is_marked_as_deleted_is_nobodys_copy() {
    let place = Place::new().await;
    place.append(LETTER).await;
    let blob = place.email(LETTER).await.blob;
    let uid = Uid::new(1).unwrap();
    let deleted = FlagChange::Add(Flags { system: SystemFlags::DELETED, ..Flags::default() });
    place.account.store_flags(place.inbox, &[uid], &deleted, None).await.unwrap();
    assert_eq!(found(&place, &blob).await, None);
}

#[tokio::test]
async fn a_header_beyond_a_mebibyte_is_not_compared() {
    let place = Place::new().await;
    let filler = format!("Filler: {}\n", "x".repeat(900)).repeat(1_200);
    let large = LETTER.replace("Subject", &format!("{filler}Subject"));
    place.append(&large).await;
    assert_eq!(found(&place, &place.email(&large).await.blob).await, Some(1), "the same octets need no comparing");
    let other = large.replace("Subject", "Bcc: c@d\nSubject");
    assert_eq!(found(&place, &place.email(&other).await.blob).await, None);
}

#[tokio::test]
async fn only_the_newest_messages_are_looked_at() {
    let place = Place::new().await;
    place.append(LETTER).await;
    let blob = place.email(LETTER).await.blob;
    for n in 0..99 {
        place.append(&format!("n: {n}\n\n")).await;
    }
    assert_eq!(found(&place, &blob).await, Some(1));
    place.append("n: 99\n\n").await;
    assert_eq!(found(&place, &blob).await, None);
}
