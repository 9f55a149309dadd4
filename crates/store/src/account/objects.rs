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

impl Account {
    /// The modseq of the last change of an object of this kind; zero: there never was one.
    ///
    /// # Errors
    /// As [`Self::mailboxes`].
    pub async fn object_state(&self, of: ObjectKind) -> Result<ModSeq, Error> {
        Ok(ModSeq(self.head.told().await?.record.objects.of(of).modseq))
    }

    /// All objects of a kind. Costs no read where there never was one.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn objects(&self, of: ObjectKind) -> Result<Objects, Error> {
        let state = self.object_state(of).await?;
        let mut objects = Vec::new();
        if state == ModSeq(0) {
            return Ok(Objects { state, objects });
        }
        let mut range = KeyRange::prefix(&schema::objects(of));
        loop {
            let scan = Read::Scan { from: range.from.clone(), to: range.to.clone(), limit: MAX_PAGE, reverse: false };
            let found = self.head.ground.engine.read(self.head.partition(), vec![scan]).await?;
            let Some(Found::Many { items, more, corrupt }) = found.into_iter().next() else {
                return Err(Error::Corrupt("the engine gave no page".into()));
            };
            corrupt.iter().for_each(|key| self.log_corrupt(key));
            for (key, value) in &items {
                let mut key = KeyReader::new(key, kind::OBJECT)?;
                key.byte()?;
                objects.push(Object { id: ObjectId(key.u64()?), value: read_object(&value.payload)? });
            }
            match items.last().map(|(key, _)| key).max(corrupt.last()).filter(|_| more) {
                Some(last) => range = range.after(last),
                None => return Ok(Objects { state, objects }),
            }
        }
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
        self.head.write(&self.who, |tx| change(tx, of, expected, changes)).await
    }
}

fn change(
    tx: &mut Tx<'_>,
    of: ObjectKind,
    expected: Option<ModSeq>,
    changes: &[ObjectChange],
) -> Result<Plan<ObjectsChanged>, Stop> {
    if expected.is_some_and(|expected| expected.0 != tx.state.record.objects.of(of).modseq) {
        return Ok(Plan::Nothing(ObjectsChanged::StateMismatch));
    }
    let known = changes.iter().filter_map(|change| match change {
        ObjectChange::Create(_) => None,
        ObjectChange::Replace(id, _) | ObjectChange::Remove(id) => Some(schema::object(of, *id)),
    });
    tx.want(known)?;
    if changes.iter().all(|change| matches!(change, ObjectChange::Remove(_))) {
        tx.growth = Growth::Frees;
    }
    let before = tx.state.record.objects;
    let mut done = Vec::with_capacity(changes.len());
    let mut wrote = false;
    for change in changes {
        let (id, changed) = change_one(tx, of, change)?;
        wrote |= changed;
        done.push(id);
    }
    let (was, is) = (before.of(of).count, tx.state.record.objects.of(of).count);
    if is > was && is > of.most() {
        return Err(Stop::Fail(Error::Limit { what: "objects of a kind", limit: of.most() }));
    }
    if !wrote {
        return Ok(Plan::Nothing(ObjectsChanged::Done(done)));
    }
    tx.state.record.objects.of_mut(of).modseq = tx.modseq();
    Ok(Plan::Commit(ObjectsChanged::Done(done)))
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
