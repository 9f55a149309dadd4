//! Annotations (RFC 5464): read by whoever may see them, set several at once, kept and dropped with their mailbox.
use super::Account;
use crate::engine::{Found, Growth, MAX_PAGE, Read};
use crate::error::Error;
use crate::head::{Plan, Stop, Tx};
use crate::id::MailboxId;
use crate::metadata::{Annotated, Annotation, EntryName, MetadataLimits, MetadataSet, TouchedEntry};
use crate::outcome::Outcome;
use crate::schema::{self, LogItem, metadata_record, metadata_sum_record, read_metadata, read_metadata_sum};
use bytes::Bytes;
use names::AccountId;

/// An entry and the value that it is to have; `None` removes it.
pub type NewAnnotation = (EntryName, Option<Bytes>);

impl Account {
    /// What `by` sees of the annotations of each, sorted by name, shared ones first; as of the last commit on disk.
    /// Nothing for a mailbox that is not there.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn annotations(&self, by: AccountId, of: &[Annotated]) -> Result<Vec<Vec<Annotation>>, Error> {
        let mut all = Vec::with_capacity(of.len());
        for page in of.chunks(MAX_PAGE) {
            let reads = page.iter().map(|of| Read::Get(schema::metadata(*of))).collect();
            for (found, of) in self.head.ground.engine.read(self.head.partition(), reads).await?.into_iter().zip(page) {
                let mut annotations = match found {
                    Found::One(Some(value)) => read_metadata(&value.payload)?,
                    Found::One(None) => Vec::new(),
                    _ => return Err(Error::Corrupt(format!("metadata of {of:?}"))),
                };
                annotations.retain(|annotation| annotation.of.is_none_or(|of| of == by));
                all.push(annotations);
            }
        }
        Ok(all)
    }

    /// Sets annotations in the name of `by`, all of them or none, in one commit. The caller has held each value to
    /// [`MetadataLimits::value`].
    ///
    /// # Errors
    /// [`Error::NoSuchMailbox`]; [`Error::Limit`] when the account has too many bytes of them.
    pub async fn set_annotations(
        &self,
        by: AccountId,
        of: Annotated,
        new: &[NewAnnotation],
    ) -> Result<Outcome<MetadataSet>, Error> {
        self.head.write(&self.who, |tx| set(tx, by, of, new)).await
    }

    /// How many annotations there may be.
    pub fn metadata_limits(&self) -> MetadataLimits {
        self.head.ground.metadata
    }
}

fn set(tx: &mut Tx<'_>, by: AccountId, of: Annotated, new: &[NewAnnotation]) -> Result<Plan<MetadataSet>, Stop> {
    if let Annotated::Mailbox(mailbox) = of {
        tx.mailbox(mailbox)?;
    }
    let before = kept(tx, of)?;
    let mut after = before.clone();
    let entries: Vec<TouchedEntry> = new.iter().filter_map(|new| apply(&mut after, by, new)).collect();
    if entries.is_empty() {
        return Ok(Plan::Nothing(MetadataSet::Done));
    }
    let count = |all: &[Annotation], of| all.iter().filter(|annotation| annotation.of == of).count();
    let too_many = |of| count(&after, of) > tx.metadata.entries.max(count(&before, of));
    if [None, Some(by)].into_iter().any(too_many) {
        return Ok(Plan::Nothing(MetadataSet::TooMany));
    }
    replace(tx, of, &before, &after)?;
    tx.touch(LogItem::Metadata { of, entries });
    Ok(Plan::Commit(MetadataSet::Done))
}

/// Changes one annotation of a sorted list; says what it was, unless it is so already.
fn apply(all: &mut Vec<Annotation>, by: AccountId, (name, value): &NewAnnotation) -> Option<TouchedEntry> {
    let of = name.whose(by);
    let place = all.binary_search_by(|annotation| (annotation.of, &annotation.name).cmp(&(of, name)));
    let before = match (place, value) {
        (Ok(at), Some(value)) => {
            let annotation = all.get_mut(at).filter(|annotation| annotation.value != value)?;
            Some(std::mem::replace(&mut annotation.value, value.clone()))
        }
        (Ok(at), None) => Some(all.remove(at).value),
        (Err(at), Some(value)) => {
            all.insert(at, Annotation { of, name: name.clone(), value: value.clone() });
            None
        }
        (Err(_), None) => return None,
    };
    Some(TouchedEntry { of, name: name.clone(), before })
}

/// The annotations as the plan finds them.
fn kept(tx: &Tx<'_>, of: Annotated) -> Result<Vec<Annotation>, Stop> {
    let key = schema::metadata(of);
    tx.want([key.clone(), schema::metadata_sum()])?;
    Ok(tx.get(&key)?.map(|record| read_metadata(&record)).transpose()?.unwrap_or_default())
}

/// Writes all annotations of a mailbox, or of the account, and what that makes the sum.
fn replace(tx: &mut Tx<'_>, of: Annotated, before: &[Annotation], after: &[Annotation]) -> Result<(), Stop> {
    let bytes = |all: &[Annotation]| all.iter().map(Annotation::size).sum::<u64>();
    let (was, is) = (bytes(before), bytes(after));
    let sum = tx.get(&schema::metadata_sum())?.map(|record| read_metadata_sum(&record)).transpose()?.unwrap_or(0);
    let sum = sum.saturating_sub(was).saturating_add(is);
    let limit = tx.metadata.total.bytes();
    if is > was && sum > limit {
        return Err(Stop::Fail(Error::Limit { what: "bytes of metadata", limit }));
    }
    if is < was {
        tx.growth = Growth::Frees;
    }
    match after {
        [] => tx.delete(schema::metadata(of)),
        _ => tx.put(schema::metadata(of), metadata_record(after)),
    }
    tx.put(schema::metadata_sum(), metadata_sum_record(sum));
    Ok(())
}

/// The annotations of a mailbox go with it (RFC 5464, 4.1).
pub(super) fn drop_annotations(tx: &mut Tx<'_>, mailbox: MailboxId) -> Result<(), Stop> {
    let of = Annotated::Mailbox(mailbox);
    let before = kept(tx, of)?;
    if before.is_empty() {
        return Ok(());
    }
    replace(tx, of, &before, &[])?;
    let entries =
        before.into_iter().map(|Annotation { of, name, value }| TouchedEntry { of, name, before: Some(value) });
    tx.touch(LogItem::Metadata { of, entries: entries.collect() });
    Ok(())
}

/// What an account has noted for itself on a mailbox goes once that is not shared with it any more: its owner could
/// neither see nor remove it, and would pay for it.
pub(super) fn drop_private(tx: &mut Tx<'_>, mailbox: MailboxId, account: AccountId) -> Result<(), Stop> {
    let of = Annotated::Mailbox(mailbox);
    let before = kept(tx, of)?;
    let (gone, after): (Vec<_>, Vec<_>) = before.iter().cloned().partition(|annotation| annotation.of == Some(account));
    if gone.is_empty() {
        return Ok(());
    }
    replace(tx, of, &before, &after)?;
    let entries = gone.into_iter().map(|Annotation { of, name, value }| TouchedEntry { of, name, before: Some(value) });
    tx.touch(LogItem::Metadata { of, entries: entries.collect() });
    Ok(())
}

/// A new mailbox gets the annotations of another, which keeps them: what a rename of INBOX asks for (RFC 5464, 4.1).
pub(super) fn copy_annotations(tx: &mut Tx<'_>, from: MailboxId, to: MailboxId) -> Result<(), Stop> {
    let all = kept(tx, Annotated::Mailbox(from))?;
    if all.is_empty() {
        return Ok(());
    }
    let of = Annotated::Mailbox(to);
    replace(tx, of, &[], &all)?;
    let entries = all.into_iter().map(|Annotation { of, name, .. }| TouchedEntry { of, name, before: None });
    tx.touch(LogItem::Metadata { of, entries: entries.collect() });
    Ok(())
}
