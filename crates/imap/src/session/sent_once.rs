//! Send once: where the server files what an account sends, an upload of the same letter by its program makes no second one.
//! What the program has is the better copy, with Bcc and its own notes: it takes the place of the server's.
use super::phase::Login;
use super::place::Allowed;
use super::talk::Talk;
use store::{Appended, Error, NewEmail, Role};

/// How often is looked again when another session took the filed copy away meanwhile.
const TRIES: usize = 3;

/// Puts messages into a mailbox.
pub(super) async fn append(
    login: &Login,
    talk: &Talk,
    target: &Allowed,
    emails: Vec<NewEmail>,
) -> Result<Vec<Appended>, Error> {
    if let [email] = emails.as_slice()
        && is_filed_here(login, talk, target).await
    {
        for _ in 0..TRIES {
            match in_place(target, email).await {
                Ok(None) => break,
                Ok(Some(appended)) => return Ok(appended),
                Err(Error::NoSuchEmail) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(target.account.append(target.mailbox, emails).await?.into_value())
}

/// Whether the server files what this login sends in this mailbox.
async fn is_filed_here(login: &Login, talk: &Talk, target: &Allowed) -> bool {
    if target.account.id() != login.account.id() {
        return false;
    }
    let sent = match target.account.mailboxes().await {
        Ok(mailboxes) => mailboxes.get(target.mailbox).is_some_and(|mailbox| mailbox.role == Some(Role::Sent)),
        Err(_) => false,
    };
    // who cannot be looked up has it as every mail server does it
    sent && talk.house.rooms.directory.account(&login.address).await.is_ok_and(|account| account.send_once)
}

/// Puts a message where the same letter is already; `None` where it is not.
async fn in_place(target: &Allowed, email: &NewEmail) -> Result<Option<Vec<Appended>>, Error> {
    let mailbox = target.mailbox;
    let Some((uid, blob)) = target.account.same_letter(mailbox, &email.blob).await? else { return Ok(None) };
    if blob != email.blob.hash {
        return target.account.replace(mailbox, uid, mailbox, email.clone()).await.map(|done| Some(done.into_value()));
    }
    let view = target.account.view(mailbox).await?;
    let there = view.get(uid).ok_or(Error::NoSuchEmail)?;
    let uid_validity = view.uid_validity();
    Ok(Some(vec![Appended { mailbox, uid_validity, uid, email: there.email, thread: there.thread }]))
}
