//! Where a few emails stand among all of a mailbox by date: counted, without an order of the others.
use crate::opened::Opened;
use std::collections::BTreeSet;
use store::{EmailId, Error, Glimpse, MailboxId, SystemFlags};

/// The places of those of some emails that are in a mailbox, ascending; nothing where one of the mailbox's emails is in it
/// twice, since then it takes more to count.
pub(crate) async fn ranks(
    opened: &Opened,
    mailbox: MailboxId,
    ascending: bool,
    emails: &BTreeSet<EmailId>,
) -> Result<Option<Vec<(usize, EmailId)>>, Error> {
    let emails: Vec<EmailId> = emails.iter().copied().collect();
    let places = opened.account.memberships_of(&emails).await?;
    let Some(view) = opened.view(mailbox).await? else { return Ok(Some(Vec::new())) };
    // as they stand in the order: what comes first has the smallest key
    let turn = |number: u64| if ascending { number } else { !number };
    let shown = |system: SystemFlags| !system.contains(SystemFlags::DELETED);
    let here = places.iter().flatten().filter(|place| place.mailbox == mailbox);
    let here = here.filter_map(|place| view.get(place.uid)).filter(|message| shown(message.system));
    let mut keys: Vec<(u64, u64)> = here.map(|message| (turn(message.received), turn(message.email.0))).collect();
    keys.sort_unstable();
    keys.dedup();
    if keys.is_empty() {
        return Ok(Some(Vec::new()));
    }
    // for each of them, how many stand between it and the one before
    let mut between = vec![0_usize; keys.len() + 1];
    let count = |glimpse: Glimpse<'_>| {
        if glimpse.is_twin() {
            return None;
        }
        if shown(glimpse.system()) {
            let key = (turn(glimpse.received()), turn(glimpse.email().0));
            let at = keys.partition_point(|other| *other <= key);
            if let Some(count) = between.get_mut(at) {
                *count += 1;
            }
        }
        Some(())
    };
    if view.glimpses().try_for_each(count).is_none() {
        return Ok(None);
    }
    let mut before = 0;
    let ranked = keys.iter().zip(between).map(|((_, email), count)| {
        before += count;
        (before, EmailId(turn(*email)))
    });
    Ok(Some(ranked.collect()))
}
