//! Objects of an account: read, changed several at once, each kind with its own state.
use super::Account;
use crate::engine::{Found, Growth, MAX_PAGE, Read};
use crate::error::Error;
use crate::head::{Plan, Stop, Tx};
use crate::id::{ModSeq, ObjectId};
use crate::key::KeyReader;
use crate::object::{MAX_OBJECT, Object, ObjectChange, ObjectKind, ObjectTouch, Objects, ObjectsChanged};
use crate::outcome::Outcome;
use crate::records::KeyRange;
use crate::schema::{self, LogItem, kind, object_record, read_object};
use bytes::Bytes;
use std::collections::BTreeSet;

impl Account {
    /// The modseq of the last change of an object of this kind; zero: there never was one.
    ///
    /// # Errors
    /// As [`Self::mailboxes`].
    pub async fn object_state(&self, of: ObjectKind) -> Result<ModSeq, Error> {
        Ok(ModSeq(self.head.told().await?.record.objects.of(of).modseq))
    }

    /// How many objects of this kind there are.
    ///
    /// # Errors
    /// As [`Self::mailboxes`].
    pub async fn object_count(&self, of: ObjectKind) -> Result<u64, Error> {
        Ok(self.head.told().await?.record.objects.of(of).count)
    }

    /// All objects of a kind. Costs no read where there never was one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn objects(&self, of: ObjectKind) -> Result<Objects, Error> {
        let state = self.object_state(of).await?;
        let mut objects = Vec::new();
        let mut range = (state != ModSeq(0)).then(|| KeyRange::prefix(&schema::objects(of)));
        while let Some(from) = range {
            let (page, rest) = self.object_page(from, MAX_PAGE).await?;
            objects.extend(page);
            range = rest;
        }
        Ok(Objects { state, objects })
    }

    /// The objects of a kind behind one of them, at most so many, by their numbers; and whether there may be more.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn objects_after(
        &self,
        of: ObjectKind,
        after: Option<ObjectId>,
        limit: usize,
    ) -> Result<(Vec<Object>, bool), Error> {
        let all = KeyRange::prefix(&schema::objects(of));
        let range = after.map_or_else(|| all.clone(), |after| all.clone().after(&schema::object(of, after)));
        let (mut objects, mut rest) = self.object_page(range, limit).await?;
        // a page of nothing but damage says nothing of what is behind it
        while let (true, Some(range)) = (objects.is_empty(), rest.clone()) {
            (objects, rest) = self.object_page(range, limit).await?;
        }
        Ok((objects, rest.is_some()))
    }

    /// A page of objects, and where the next one begins.
    async fn object_page(&self, range: KeyRange, limit: usize) -> Result<(Vec<Object>, Option<KeyRange>), Error> {
        let limit = limit.min(MAX_PAGE);
        let scan = Read::Scan { from: range.from.clone(), to: range.to.clone(), limit, reverse: false };
        let found = self.head.ground.engine.read(self.head.partition(), vec![scan]).await?;
        let Some(Found::Many { items, more, corrupt }) = found.into_iter().next() else {
            return Err(Error::Corrupt("the engine gave no page".into()));
        };
        corrupt.iter().for_each(|key| self.log_corrupt(key));
        let mut objects = Vec::with_capacity(items.len());
        for (key, value) in &items {
            let mut key = KeyReader::new(key, kind::OBJECT)?;
            key.byte()?;
            objects.push(Object { id: ObjectId(key.u64()?), value: read_object(&value.payload)? });
        }
        let last = items.last().map(|(key, _)| key).max(corrupt.last()).filter(|_| more).cloned();
        Ok((objects, last.map(|last| range.after(&last))))
    }

    /// Some objects of a kind, in the order asked; `None` for one that is not there.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn some_objects(&self, of: ObjectKind, ids: &[ObjectId]) -> Result<Vec<Option<Bytes>>, Error> {
        let mut values = Vec::with_capacity(ids.len());
        for page in ids.chunks(MAX_PAGE) {
            let reads = page.iter().map(|id| Read::Get(schema::object(of, *id))).collect();
            for found in self.head.ground.engine.read(self.head.partition(), reads).await? {
                values.push(match found {
                    Found::One(value) => value.map(|value| read_object(&value.payload)).transpose()?,
                    _ => return Err(Error::Corrupt(format!("{of:?}"))),
                });
            }
        }
        Ok(values)
    }

    /// Changes objects of a kind, all in one commit, where the kind still has the state `expected`.
    ///
    /// # Errors
    /// [`Error::Limit`] where there would be too many of them, or one is too large.
    pub async fn change_objects(
        &self,
        of: ObjectKind,
        expected: Option<ModSeq>,
        changes: &[ObjectChange],
    ) -> Result<Outcome<ObjectsChanged>, Error> {
        let expected = expected.map(|expected| (of, expected));
        self.head
            .write(&self.who, |tx| change(tx, expected.as_slice(), changes.iter().map(|change| (of, change))))
            .await
    }

    /// Changes objects of several kinds, all in one commit, where each kind of `expected` still has its state.
    ///
    /// # Errors
    /// As [`Self::change_objects`].
    pub async fn change_objects_of_kinds(
        &self,
        expected: &[(ObjectKind, ModSeq)],
        changes: &[(ObjectKind, ObjectChange)],
    ) -> Result<Outcome<ObjectsChanged>, Error> {
        self.head.write(&self.who, |tx| change(tx, expected, changes.iter().map(|(of, change)| (*of, change)))).await
    }
}

fn change<'c>(
    tx: &mut Tx<'_>,
    expected: &[(ObjectKind, ModSeq)],
    changes: impl Iterator<Item = (ObjectKind, &'c ObjectChange)> + Clone,
) -> Result<Plan<ObjectsChanged>, Stop> {
    if expected.iter().any(|(of, state)| state.0 != tx.state.record.objects.of(*of).modseq) {
        return Ok(Plan::Nothing(ObjectsChanged::StateMismatch));
    }
    let known = changes.clone().filter_map(|(of, change)| match change {
        ObjectChange::Create(_) => None,
        ObjectChange::Replace(id, _) | ObjectChange::Remove(id) => Some(schema::object(of, *id)),
    });
    tx.want(known)?;
    if changes.clone().all(|(_, change)| matches!(change, ObjectChange::Remove(_))) {
        tx.growth = Growth::Frees;
    }
    let before = tx.state.record.objects;
    let (mut done, mut written) = (Vec::new(), BTreeSet::new());
    for (of, change) in changes {
        let (id, changed) = change_one(tx, of, change)?;
        written.extend(changed.then_some(of));
        done.push(id);
    }
    for of in &written {
        let (was, is) = (before.of(*of).count, tx.state.record.objects.of(*of).count);
        if is > was && is > of.most() {
            return Err(Stop::Fail(Error::Limit { what: "objects of a kind", limit: of.most() }));
        }
        tx.state.record.objects.of_mut(*of).modseq = tx.modseq();
    }
    let done = ObjectsChanged::Done(done);
    Ok(if written.is_empty() { Plan::Nothing(done) } else { Plan::Commit(done) })
}

/// Makes one change: the object's number, where it is or was there, and whether anything is written.
fn change_one(tx: &mut Tx<'_>, of: ObjectKind, change: &ObjectChange) -> Result<(Option<ObjectId>, bool), Stop> {
    let (id, value) = match change {
        ObjectChange::Create(value) => (ObjectId(tx.new_id()), Some(value)),
        ObjectChange::Replace(id, value) => (*id, Some(value)),
        ObjectChange::Remove(id) => (*id, None),
    };
    if value.is_some_and(|value| value.len() > MAX_OBJECT) {
        return Err(Stop::Fail(Error::Limit { what: "octets of an object", limit: MAX_OBJECT as u64 }));
    }
    let key = schema::object(of, id);
    let touch = match change {
        ObjectChange::Create(_) => ObjectTouch::Created,
        ObjectChange::Replace(..) => ObjectTouch::Changed,
        ObjectChange::Remove(_) => ObjectTouch::Removed,
    };
    if touch != ObjectTouch::Created {
        let Some(before) = tx.get(&key)?.map(|record| read_object(&record)).transpose()? else {
            return Ok((None, false));
        };
        if value == Some(&before) {
            return Ok((Some(id), false));
        }
    }
    let count = &mut tx.state.record.objects.of_mut(of).count;
    match touch {
        ObjectTouch::Created => *count += 1,
        ObjectTouch::Changed => {}
        ObjectTouch::Removed => *count = count.saturating_sub(1),
    }
    match value {
        Some(value) => tx.put(key, object_record(value)),
        None => tx.delete(key),
    }
    tx.touch(LogItem::Object { of, id, touch });
    Ok((Some(id), true))
}
