//! Many emails at once: where they are, and what is in a thread.
use crate::place::Place;
use store::{
    EmailId, FlagChange, Flags, Keyword, LineEnds, MailboxName, NewEmail, ReceivedAt, SystemFlags, ThreadId, Uid,
};

#[tokio::test]
async fn where_many_are_is_what_each_alone_says() {
    let place = Place::new().await;
    let account = &place.account;
    let other = account.create_mailbox(&MailboxName::new("a").unwrap(), None).await.unwrap().into_value();
    let mut ids = Vec::new();
    for number in 0..30 {
        ids.push(place.append(&format!("Subject: {number}\n\n.\n")).await.email);
    }
    let uids: Vec<Uid> = (1..=30).step_by(3).filter_map(Uid::new).collect();
    account.copy(place.inbox, &uids, other).await.unwrap();
    let flags = Flags { system: SystemFlags::SEEN, keywords: vec![Keyword::new("work").unwrap()] };
    account.store_flags(other, &[Uid::MIN], &FlagChange::Add(flags), None).await.unwrap();
    ids.push(EmailId(1 << 40));
    let many = account.memberships_of(&ids).await.unwrap();
    assert_eq!(many.iter().map(Vec::len).sum::<usize>(), 40);
    for (id, many) in ids.iter().zip(many) {
        assert_eq!(account.memberships(*id).await.unwrap(), many, "{id}");
    }
}

#[tokio::test]
async fn a_thread_has_its_emails_in_their_order() {
    let place = Place::new().await;
    let first = place.append("Subject: x\nMessage-ID: <1@x>\n\n.\n").await;
    let alone = place.append("Subject: y\nMessage-ID: <9@x>\n\n.\n").await;
    let second = place.append("Subject: Re: x\nMessage-ID: <2@x>\nReferences: <1@x>\n\n.\n").await;
    let third = place.append("Subject: Re: x\nMessage-ID: <3@x>\nReferences: <1@x>\n\n.\n").await;
    assert_eq!(first.thread, third.thread);
    let asked = [first.thread, ThreadId(1 << 40), alone.thread];
    let threads = place.account.thread_emails(&asked, 100).await.unwrap();
    assert_eq!(threads, [vec![first.email, second.email, third.email], vec![], vec![alone.email]]);
    let threads = place.account.thread_emails(&asked, 2).await.unwrap();
    assert_eq!(threads[0], [second.email, third.email]);
    // the founder is given where all are, of threads longer than a page of the engine too
    let mut batch = Vec::new();
    for number in 4..1_400 {
        let text = format!("Subject: Re: x\nMessage-ID: <{number}@x>\nReferences: <1@x>\n\n.\n");
        let mut writer = place.store.blob_writer(LineEnds::ToCrlf);
        writer.write(text.as_bytes()).await.unwrap();
        batch.push(NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::default()));
    }
    let mut all = vec![first.email, second.email, third.email];
    for some in batch.chunks(900) {
        let appended = place.account.append(place.inbox, some.to_vec()).await.unwrap();
        all.extend(appended.value().iter().map(|one| one.email));
    }
    for limit in [1_000, 1_398, 1_399, 5_000] {
        let threads = place.account.thread_emails(&asked, limit).await.unwrap();
        assert_eq!(threads[0], all[all.len().saturating_sub(limit)..], "{limit}");
    }
}
