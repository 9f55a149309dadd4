//! Unread threads as JMAP counts them (RFC 8621, 2): in all mailboxes of a thread, and the trash apart.
use crate::place::Place;
use std::sync::Arc;
use store::{CheckDepth, FlagChange, Flags, MailboxId, MailboxName, Role, Settings, Store, SystemFlags, Uid};

async fn unread(place: &Place, mailboxes: [MailboxId; 3]) -> [u64; 3] {
    let all = place.account.mailboxes().await.unwrap();
    let report = place.store.check(CheckDepth::Records).await.unwrap();
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    mailboxes.map(|mailbox| all.get(mailbox).unwrap().counters.unread_threads)
}

#[tokio::test]
async fn a_thread_is_unread_in_all_its_mailboxes_and_the_trash_is_apart() {
    let place = Place::new().await;
    let account = &place.account;
    let make = async |name: &str, role| {
        account.create_mailbox(&MailboxName::new(name).unwrap(), role).await.unwrap().into_value()
    };
    let (archive, trash) = (make("Archive", None).await, make("Trash", Some(Role::Trash)).await);
    let all = [place.inbox, archive, trash];
    place.append("Subject: x\nMessage-ID: <1@x>\n\n.\n").await;
    let seen = FlagChange::Add(Flags::system(SystemFlags::SEEN));
    account.store_flags(place.inbox, &[Uid::MIN], &seen, None).await.unwrap();
    place.append("Subject: Re: x\nMessage-ID: <2@x>\nReferences: <1@x>\n\n.\n").await;
    assert_eq!(unread(&place, all).await, [1, 0, 0]);
    let second = [Uid::new(2).unwrap()];
    account.move_to(place.inbox, &second, archive).await.unwrap();
    // "the unread Email does not need to be the one in this Mailbox"
    assert_eq!(unread(&place, all).await, [1, 1, 0]);
    account.move_to(archive, &[Uid::MIN], trash).await.unwrap();
    assert_eq!(unread(&place, all).await, [0, 0, 1]);
    // what is in the trash and elsewhere is elsewhere
    account.copy(trash, &[Uid::MIN], archive).await.unwrap();
    assert_eq!(unread(&place, all).await, [1, 1, 1]);
    account.store_flags(trash, &[Uid::MIN], &seen, None).await.unwrap();
    assert_eq!(unread(&place, all).await, [1, 1, 1], "seen in one place, not in all");
    account.store_flags(archive, &[Uid::new(2).unwrap()], &seen, None).await.unwrap();
    assert_eq!(unread(&place, all).await, [0, 0, 0]);
}

#[tokio::test]
async fn another_trash_counts_anew() {
    let place = Place::new().await;
    let account = &place.account;
    let bin = account.create_mailbox(&MailboxName::new("bin").unwrap(), None).await.unwrap().into_value();
    let other = account.create_mailbox(&MailboxName::new("other").unwrap(), None).await.unwrap().into_value();
    let all = [place.inbox, bin, other];
    place.append("Subject: x\nMessage-ID: <1@x>\n\n.\n").await;
    let seen = FlagChange::Add(Flags::system(SystemFlags::SEEN));
    account.store_flags(place.inbox, &[Uid::MIN], &seen, None).await.unwrap();
    place.append("Subject: Re: x\nMessage-ID: <2@x>\nReferences: <1@x>\n\n.\n").await;
    account.move_to(place.inbox, &[Uid::new(2).unwrap()], bin).await.unwrap();
    assert_eq!(unread(&place, all).await, [1, 1, 0]);
    account.set_role(bin, Some(Role::Trash)).await.unwrap();
    assert_eq!(unread(&place, all).await, [0, 1, 0]);
    account.set_role(bin, None).await.unwrap();
    assert_eq!(unread(&place, all).await, [1, 1, 0]);
    account.set_role(other, Some(Role::Trash)).await.unwrap();
    account.move_to(bin, &[Uid::MIN], other).await.unwrap();
    assert_eq!(unread(&place, all).await, [0, 0, 1]);
    account.delete_mailbox(other).await.unwrap();
    assert_eq!(unread(&place, [place.inbox, bin, bin]).await, [0, 0, 0]);
    let again = Store::open(Arc::new(place.memory.reopen()), place.world.clone(), Settings::default()).await.unwrap();
    let again = again.account(account.id()).await.unwrap().mailboxes().await.unwrap();
    assert_eq!(again.inbox(), account.mailboxes().await.unwrap().inbox());
}
