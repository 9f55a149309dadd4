//! What an account is told of changes of its rights elsewhere: few, and one for each mailbox (RFC 9670, 3.1 and 6.3).
use super::Account;
use crate::error::Error;
use crate::id::ObjectId;
use crate::object::{ObjectChange, ObjectKind, ObjectsChanged};
use crate::outcome::Outcome;
use crate::share_notification::{MOST_OF_ONE, ShareNotification};

/// How often it is tried while others write.
const ATTEMPTS: usize = 8;

impl Account {
    /// Keeps a notification. One about the same mailbox, which nobody has dismissed yet, becomes one with it; where both
    /// together change nothing, the new one stands alone: who has seen the first hears that it holds no more.
    pub(crate) async fn notify_of_share(
        &self,
        notification: ShareNotification,
    ) -> Result<Outcome<ObjectsChanged>, Error> {
        for _ in 0..ATTEMPTS {
            let known = self.objects(ObjectKind::ShareNotification).await?;
            let read = |object: &crate::Object| Some((object.id, ShareNotification::read(&object.value).ok()?));
            let list: Vec<(ObjectId, ShareNotification)> = known.objects.iter().filter_map(read).collect();
            let changes = changes(&list, notification.clone());
            let done = self.change_objects(ObjectKind::ShareNotification, Some(known.state), &changes).await?;
            if *done.value() != ObjectsChanged::StateMismatch {
                return Ok(done);
            }
        }
        Err(Error::Conflict)
    }
}

/// What becomes of those that are known, the oldest first, when another comes.
fn changes(list: &[(ObjectId, ShareNotification)], mut new: ShareNotification) -> Vec<ObjectChange> {
    let (same, others): (Vec<_>, Vec<_>) = list.iter().partition(|(_, one)| one.is_of(&new));
    // the rights before are those of before all of them
    if let Some((_, first)) = same.first().filter(|(_, first)| first.old != new.new) {
        new.old = first.old;
    }
    let mut going: Vec<ObjectId> = same.iter().map(|(id, _)| *id).collect();
    let of_one: Vec<ObjectId> = others.iter().filter(|(_, one)| one.owner == new.owner).map(|(id, _)| *id).collect();
    let too_many_of_one = (of_one.len() + 1).saturating_sub(MOST_OF_ONE);
    going.extend(of_one.iter().take(too_many_of_one));
    let most = usize::try_from(ObjectKind::ShareNotification.most()).unwrap_or(usize::MAX);
    let left: Vec<ObjectId> = others.iter().map(|(id, _)| *id).filter(|id| !going.contains(id)).collect();
    going.extend(left.iter().take((left.len() + 1).saturating_sub(most)));
    let mut changes = vec![ObjectChange::Create(new.encode())];
    changes.extend(going.into_iter().map(ObjectChange::Remove));
    changes
}
