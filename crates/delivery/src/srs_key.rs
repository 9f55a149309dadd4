//! The key of rewritten senders: made once, and kept beside the queue, so that every node writes and reads the same.
use crate::delivery::Inner;
use crate::error::Error;
use crate::queue::ledger::place;
use crate::srs::SrsKey;
use store::{Change, Growth};

/// Where it lies: in the first partition of the queue.
const KEY: &[u8] = b"k";
/// The first form of the record, written before it.
const FORM: u8 = 1;
/// Somebody else may make it at the same time, once.
const TRIES: usize = 3;

impl Inner {
    /// The key, made where there is none yet.
    ///
    /// # Errors
    /// When the store could not be read or written.
    pub(crate) async fn srs_key(&self) -> Result<SrsKey, Error> {
        if let Some(key) = self.srs.get() {
            return Ok(key.clone());
        }
        for _ in 0..TRIES {
            let records = self.queue.ledger.records();
            let found = match records.get(place(0), KEY.to_vec()).await? {
                Some(value) => {
                    read(&value.payload).ok_or_else(|| Error::Unreadable("the key of senders".to_owned()))?
                }
                None => {
                    let mut key = [0; 32];
                    self.world.random.fill(&mut key);
                    let mut change = Change::new(Growth::Grows);
                    change.create(KEY.to_vec(), [&[FORM][..], &key].concat());
                    match records.commit(place(0), change).await {
                        Err(store::Error::Conflict) => continue,
                        done => done?,
                    };
                    SrsKey(key)
                }
            };
            return Ok(self.srs.get_or_init(|| found).clone());
        }
        Err(Error::Store(store::Error::Conflict))
    }
}

fn read(payload: &[u8]) -> Option<SrsKey> {
    payload.strip_prefix(&[FORM])?.try_into().ok().map(SrsKey)
}
