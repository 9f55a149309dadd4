//! One attempt to bring a message to a domain elsewhere: by its route, in the names that it goes in.
use crate::delivery::Inner;
use crate::error::Error;
use crate::outbound::{Attempted, Courier, Load};
use crate::queue::lanes::{Failure, Item};
use crate::queue::settle::{Verdict, Words};
use crate::queue::{Entry, Pending};
use crate::routes::{Course, Transport};
use crate::senders::InName;
use names::{Address, Domain};
use std::sync::Arc;
use world::UnixTime;

/// A verdict for each recipient, by address.
pub(crate) type Verdicts = Vec<(Address, Verdict)>;

/// What an attempt came to.
pub(crate) enum Away {
    /// Nobody had to be asked.
    Decided(Verdicts),
    /// Hosts were asked. Where none could be reached the lane rests, and these are told with these words.
    Asked(Verdicts, Option<(Vec<Item>, Words)>),
    /// There were too many connections: it comes again as if it had not been tried.
    Crowded,
}

/// A message on its way to a domain.
pub(crate) struct Going<'a> {
    pub(crate) entry: &'a Entry,
    /// Those who are at that domain, and due.
    pub(crate) due: &'a [&'a Pending],
    pub(crate) domain: &'a Domain,
    pub(crate) course: &'a Course,
}

impl Inner {
    /// Tries to bring a message to a domain elsewhere.
    ///
    /// # Errors
    /// When the message or the key of rewritten senders could not be read.
    pub(crate) async fn bring_away(
        &self,
        lane: &Arc<str>,
        item: &Item,
        courier: &mut Courier,
        going: &Going<'_>,
        now: UnixTime,
    ) -> Result<Away, Error> {
        // who has it already only waits for his report
        let (has_it, goes): (Vec<&Pending>, Vec<&Pending>) =
            going.due.iter().copied().partition(|pending| pending.relayed.is_some());
        let mut verdicts = all(&has_it, &Verdict::Done(Words::default()));
        if let Some(verdict) = decided(going, now) {
            verdicts.extend(all(&goes, &verdict));
        } else if !goes.is_empty() {
            let (asked, unreachable) = self.ask(courier, going, &goes).await?;
            verdicts.extend(asked);
            let rest = match unreachable {
                None => None,
                Some(words) => match self.queue.fails(lane, item, going.entry, &words) {
                    Failure::Crowded => return Ok(Away::Crowded),
                    Failure::Rests(told) => Some((told, words)),
                },
            };
            return Ok(Away::Asked(verdicts, rest));
        }
        Ok(Away::Decided(verdicts))
    }

    /// Brings it to those who have not got it. Gives the words of the attempt where no host could be reached at all.
    async fn ask(
        &self,
        courier: &mut Courier,
        going: &Going<'_>,
        goes: &[&Pending],
    ) -> Result<(Verdicts, Option<Words>), Error> {
        let Going { entry, domain, course, .. } = *going;
        let source = self.store.engine().blobs().open(entry.blob).await.map_err(store::Error::from)?;
        let missing =
            || Error::Unreadable(format!("{}: its blob is not stored", crate::envelope::Delivery(entry.delivery)));
        let source = source.ok_or_else(missing)?;
        let (mut verdicts, mut reached, mut unreachable) = (Vec::new(), false, None);
        for InName { sender, recipients } in self.by_name(entry, goes).await? {
            let load = Load { entry, source: source.as_ref(), course, sender: &sender, recipients: &recipients };
            // what could not be reached for some is not tried again for others
            let attempted = match unreachable.clone() {
                Some(words) => Attempted::Unreachable(words),
                None => courier.bring(domain, &load).await,
            };
            match &attempted {
                Attempted::Reached(_) => reached = true,
                Attempted::Unreachable(words) => unreachable = Some(words.clone()),
            }
            verdicts.extend(attempted.verdicts(&recipients));
        }
        Ok((verdicts, unreachable.filter(|_| !reached)))
    }
}

/// What becomes of it without anybody being asked.
fn decided(going: &Going<'_>, now: UnixTime) -> Option<Verdict> {
    if going.entry.wishes.returns_at().is_some_and(|at| now >= at) {
        // RFC 2852, 4: it is not delivered any more
        return Some(Verdict::Failed(Words::own("5.4.7", "not delivered by the time that its sender set")));
    }
    match going.course.transport()? {
        Transport::Discard => Some(Verdict::Discarded(Words::own("2.0.0", "thrown away, as its route says"))),
        Transport::Refuse(text) => Some(Verdict::Failed(Words::own("5.7.1", text.as_str()))),
        Transport::Mx | Transport::Relay(_) => None,
    }
}

fn all(recipients: &[&Pending], verdict: &Verdict) -> Verdicts {
    recipients.iter().map(|pending| (pending.address.clone(), verdict.clone())).collect()
}
