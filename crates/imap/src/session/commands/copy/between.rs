//! COPY and MOVE between two accounts. Each is a commit of its own, the target's first: a message is never in neither.
//! The bytes stay where they are; both accounts name them.
use super::Act;
use crate::session::place::Allowed;
use crate::session::selected::Selected;
use std::sync::Arc;
use store::{Copied, Email, Error, Flags, NewBlob, NewEmail, Uid};

/// Messages whose records are held at a time.
const SLICE: usize = 200;

/// Copies messages into another account, or moves them. All of a COPY, or nothing (RFC 3501, 6.4.7),
/// unless the session or the server ends meanwhile: then what was copied so far stays.
pub(super) async fn transfer(
    selected: &Selected,
    uids: &[Uid],
    target: &Allowed,
    act: Act,
) -> Result<Vec<Copied>, Error> {
    let mut all: Vec<Copied> = Vec::new();
    for slice in uids.chunks(SLICE) {
        match transfer_slice(selected, slice, target, act).await {
            Ok(copied) => all.extend(copied),
            Err(error) => {
                if act == Act::Copy {
                    let made: Vec<Uid> = all.iter().map(|copied| copied.to.uid).collect();
                    target.account.remove(target.mailbox, &made).await?;
                }
                return Err(error);
            }
        }
    }
    Ok(all)
}

async fn transfer_slice(selected: &Selected, uids: &[Uid], target: &Allowed, act: Act) -> Result<Vec<Copied>, Error> {
    let here = uids.iter().filter_map(|uid| selected.numbers.get(*uid));
    let messages: Vec<_> = here
        .map(|message| {
            let flags = Flags { system: message.system, keywords: message.keywords.to_vec() };
            (message.uid, message.email, flags)
        })
        .collect();
    let ids: Vec<_> = messages.iter().map(|(_, email, _)| *email).collect();
    let records = selected.account.emails(&ids).await?;
    let (mut from, mut emails) = (Vec::new(), Vec::new());
    for ((uid, _, flags), record) in messages.into_iter().zip(records) {
        let Some(record) = record else { continue };
        from.push(uid);
        emails.push(entering(&record, flags));
    }
    if emails.is_empty() {
        return Ok(Vec::new());
    }
    let appended = target.account.append(target.mailbox, emails).await?.into_value();
    if act == Act::Move {
        selected.account.remove(selected.mailbox, &from).await?;
    }
    Ok(from.into_iter().zip(appended).map(|(from, to)| Copied { from, to }).collect())
}

/// A message as it enters the other account: what it was there called by is not that one's affair.
fn entering(email: &Email, flags: Flags) -> NewEmail {
    let blob = NewBlob { hash: email.blob, size: email.size, parsed: Arc::new(email.parsed.clone()) };
    NewEmail { flags, prefix_len: email.prefix_len, ..NewEmail::new(blob, email.received) }
}
