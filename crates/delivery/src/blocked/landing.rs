//! Into which mailbox a message goes: the inbox, or junk where its writer is blocked.
use super::BlockedSenders;
use crate::homes::{Mail, Writer};
use message::ReadableAddress;
use names::Address;
use store::{Account, Error, Flags, Keyword, MailboxId, MailboxName, Mailboxes, ModSeq, ObjectKind, Role};

/// The name of a mailbox for junk that is made here.
const NAME: &str = "Junk";
/// The keyword of what is junk (IANA's registry of IMAP and JMAP keywords).
const JUNK: &str = "$junk";
/// Of the addresses in `From` so many are looked at.
const WRITERS: usize = 100;
/// How often the mailbox is looked for again when others change the list meanwhile.
const TRIES: usize = 10;

/// Whether anybody of these is blocked in `account`. Costs no read where nobody ever was.
pub(crate) async fn is_blocked(
    account: &Account,
    sender: Option<&Address>,
    from: &[message::Address],
) -> Result<bool, Error> {
    if account.object_state(ObjectKind::BlockedSender).await? == ModSeq(0) {
        return Ok(false);
    }
    let known = BlockedSenders::of(account).await?;
    let from: Vec<Address> = from.iter().take(WRITERS).filter_map(readable).collect();
    Ok(known.mean(sender.into_iter().chain(&from)))
}

/// Where `mail` goes, and with which flags.
pub(crate) async fn landing(account: &Account, mail: &Mail) -> Result<(MailboxId, Flags), Error> {
    let Writer::Somebody(sender) = &mail.writer else { return inbox(account).await };
    let blocked = match is_blocked(account, sender.as_ref(), &mail.blob.parsed.envelope.from).await {
        // what cannot be read of it must not keep mail out
        Err(Error::Corrupt(why)) => {
            tracing::error!(account = %account.id(), why, "blocked senders are not read");
            false
        }
        found => found?,
    };
    if !blocked {
        return inbox(account).await;
    }
    tracing::info!(account = %account.id(), "its writer is blocked: to junk");
    let Some(junk) = junk(account).await? else { return inbox(account).await };
    // an account that has as many keywords as it may have keeps the message, and lacks the word
    let known = account.keywords().await?;
    let left = account.keywords_left().await?;
    let keyword = Keyword::new(JUNK).filter(|keyword| left > 0 || known.contains(keyword));
    Ok((junk, Flags { keywords: keyword.into_iter().collect(), ..Flags::default() }))
}

async fn inbox(account: &Account) -> Result<(MailboxId, Flags), Error> {
    let inbox = account.mailboxes().await?.inbox().ok_or(Error::NoSuchMailbox)?.id;
    Ok((inbox, Flags::default()))
}

/// The mailbox for junk, made where there is none; nothing where that cannot be.
async fn junk(account: &Account) -> Result<Option<MailboxId>, Error> {
    let name = MailboxName::new(NAME)?;
    for _ in 0..TRIES {
        let mailboxes = account.mailboxes().await?;
        if let Some(found) = known(&mailboxes, &name) {
            return Ok(Some(found));
        }
        match account.create_mailbox(&name, Some(Role::Junk)).await {
            Ok(made) => {
                // a program that lists what is subscribed shows it too
                match account.subscribe(&name).await {
                    Ok(_) | Err(Error::Limit { .. }) => {}
                    Err(error) => return Err(error),
                }
                return Ok(Some(made.into_value()));
            }
            // somebody else was first
            Err(Error::MailboxExists | Error::RoleTaken) => {}
            Err(Error::Limit { .. }) => return Ok(None),
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// The mailbox with the role, else the one of that name, whose role its owner may have taken away.
fn known(mailboxes: &Mailboxes, name: &MailboxName) -> Option<MailboxId> {
    mailboxes.role(Role::Junk).or_else(|| mailboxes.named(name)).map(|mailbox| mailbox.id)
}

fn readable(address: &message::Address) -> Option<Address> {
    let ReadableAddress { address, .. } = address.readable()?;
    address.parse().ok()
}
