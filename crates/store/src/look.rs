//! Reading without copies: an engine shows records where it reads them, and what looks at them keeps what it needs.
use crate::engine::{Engine, EngineError, Found, Key, Partition, Read};

/// Sees one record: its key, its version, its payload. It is not awaited, so it is short.
pub type Look = Box<dyn FnMut(&[u8], u64, &[u8]) + Send>;

/// The most records that a [`Engine::show`] shows of one scan.
pub const MAX_SHOWN: usize = 10_000;

/// How one [`Read`] ended whose records were shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Shown {
    /// The last key that was come to, be it shown or `corrupt`.
    pub last: Option<Key>,
    /// Records in the range remain beyond it.
    pub more: bool,
    /// Keys whose value failed its sum, or could not be read; they were not shown.
    pub corrupt: Vec<Key>,
}

/// What [`Engine::show`] does where an engine has nothing better: it reads, and shows what was read.
pub(crate) async fn show_what_is_read(
    engine: &(impl Engine + ?Sized),
    partition: Partition,
    reads: Vec<Read>,
    mut look: Look,
) -> Result<Vec<Shown>, EngineError> {
    let asked = reads.clone();
    let mut shown = Vec::with_capacity(reads.len());
    for (found, asked) in engine.read(partition, reads).await?.into_iter().zip(asked) {
        shown.push(match (found, asked) {
            (Found::One(value), Read::Get(key)) => {
                value.iter().for_each(|value| look(&key, value.version, &value.payload));
                Shown { last: Some(key), ..Shown::default() }
            }
            (Found::Many { items, more, corrupt }, Read::Scan { reverse, .. }) => {
                items.iter().for_each(|(key, value)| look(key, value.version, &value.payload));
                let ends = items.last().map(|(key, _)| key).into_iter().chain(corrupt.last());
                let last = if reverse { ends.min() } else { ends.max() }.cloned();
                Shown { last, more, corrupt }
            }
            (Found::Corrupt(key), _) => Shown { last: Some(key.clone()), more: false, corrupt: vec![key] },
            (Found::One(_) | Found::Many { .. }, _) => {
                return Err(EngineError::Io("an answer to another question".to_owned()));
            }
        });
    }
    Ok(shown)
}
