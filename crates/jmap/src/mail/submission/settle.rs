//! Submissions whose process did not live to write down what became of them: what was done is found before anybody is told
//! of any, so that a client never sends again what has arrived.
use crate::context::Context;
use crate::opened::Opened;
use crate::refusal;
use delivery::{Aftermath, Delivered, Submission};
use jmap_wire::MethodError;
use names::Address;
use store::{Error, ObjectChange, ObjectId, ObjectKind, ObjectsChanged};

/// How often a removal is tried again when others were first.
const TRIES: usize = 100;

/// Finds out what became of them; reads nothing where this process knows that there are none.
///
/// # Errors
/// When the store or the directory is away: then nobody can say what was sent.
pub(super) async fn settle(context: &Context<'_>, opened: &Opened) -> Result<(), MethodError> {
    let (delivery, account) = (&context.parts.delivery, opened.account.id());
    let Some(looking) = delivery.must_ask(account) else { return Ok(()) };
    if settle_all(context, opened).await? {
        delivery.all_know(&looking);
    }
    Ok(())
}

/// Whether each of them knows by now.
async fn settle_all(context: &Context<'_>, opened: &Opened) -> Result<bool, MethodError> {
    let failed = |error: Error| refusal::method(&error);
    let mut all = true;
    for object in opened.account.objects(ObjectKind::Submission).await.map_err(failed)?.objects {
        let submission = Submission::read(&object.value).map_err(failed)?;
        let Some(by) = submission.delivery.filter(|_| !submission.taken) else { continue };
        let recipients: Vec<Address> =
            submission.recipients.iter().filter_map(|recipient| recipient.address.parse().ok()).collect();
        let aftermath = context.parts.delivery.aftermath(by, &recipients).await.map_err(|error| {
            tracing::warn!(%error, submission = %object.id, "what became of it is not known");
            MethodError::ServerUnavailable
        })?;
        match aftermath {
            // a call of this process is at it, and will write it down
            None => all = false,
            Some(Aftermath::Nothing) => remove(opened, object.id).await.map_err(failed)?,
            Some(aftermath) => {
                let change = |submission: &mut Submission| write_down(submission, aftermath);
                let changed = Submission::change(&opened.account, object.id, change).await.map_err(failed)?;
                drop(changed.map(|outcome| opened.commits.count(outcome)));
            }
        }
    }
    Ok(all)
}

fn write_down(submission: &mut Submission, aftermath: Aftermath) {
    // the worker of the queue may have been faster
    if submission.taken {
        return;
    }
    (submission.taken, submission.delivery) = (true, None);
    match aftermath {
        Aftermath::Queued(id) => submission.queue = Some(id),
        Aftermath::Stored => {
            for recipient in &mut submission.recipients {
                recipient.delivered = Delivered::Yes;
                recipient.reply = "250 2.0.0 delivered".to_owned();
            }
        }
        Aftermath::Nothing => {}
    }
}

/// Removes one of which nothing was sent, unless it says otherwise by now.
async fn remove(opened: &Opened, id: ObjectId) -> Result<(), Error> {
    for _ in 0..TRIES {
        let state = opened.account.object_state(ObjectKind::Submission).await?;
        let found = opened.account.some_objects(ObjectKind::Submission, &[id]).await?;
        let Some(value) = found.into_iter().flatten().next() else { return Ok(()) };
        if Submission::read(&value)?.taken {
            return Ok(());
        }
        let change = [ObjectChange::Remove(id)];
        let outcome = opened.account.change_objects(ObjectKind::Submission, Some(state), &change).await?;
        if let ObjectsChanged::Done(_) = opened.commits.count(outcome) {
            return Ok(());
        }
    }
    Err(Error::Conflict)
}

#[cfg(test)]
mod tests;
