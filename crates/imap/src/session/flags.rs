//! Flags between the wire and the store.
use imap_wire::Flag;
use store::{FlagChange, Flags, Keyword, Message, SystemFlags};

/// The system flags that can be kept, in the order of printing.
pub(crate) const SYSTEM: [(SystemFlags, Flag); 5] = [
    (SystemFlags::ANSWERED, Flag::Answered),
    (SystemFlags::FLAGGED, Flag::Flagged),
    (SystemFlags::DELETED, Flag::Deleted),
    (SystemFlags::SEEN, Flag::Seen),
    (SystemFlags::DRAFT, Flag::Draft),
];

/// The flags of a message as they are printed.
pub(crate) fn printed(message: &Message<'_>, recent: bool) -> Vec<Flag> {
    let system = SYSTEM.into_iter().filter(|(flag, _)| message.system.contains(*flag)).map(|(_, flag)| flag);
    let keywords = message.keywords.iter().map(|keyword| Flag::Keyword(keyword.as_str().to_owned()));
    system.chain(recent.then_some(Flag::Recent)).chain(keywords).collect()
}

/// The flags of a command as they are kept. `\Recent` and system flags that nobody knows cannot be set: they are
/// passed over (RFC 3501, 2.3.2 and 6.4.6). `None` when a keyword is longer than any that is kept.
pub(crate) fn kept(flags: &[Flag]) -> Option<Flags> {
    let mut kept = Flags::default();
    for flag in flags {
        match flag {
            Flag::Recent | Flag::Extension(_) => {}
            Flag::Keyword(name) => kept.keywords.push(Keyword::new(name)?),
            known => {
                let system = SYSTEM.into_iter().find(|(_, flag)| flag == known);
                kept.system = kept.system.with(system.map_or(SystemFlags::NONE, |(flag, _)| flag));
            }
        }
    }
    kept.keywords.sort_unstable();
    kept.keywords.dedup();
    Some(kept)
}

/// Flags to be held against those of a message.
pub(crate) struct Merged(Flags);

/// What `flags` become by `change`.
pub(crate) fn merged(mut flags: Flags, change: &FlagChange) -> Merged {
    match change {
        FlagChange::Replace(new) => flags = new.clone(),
        FlagChange::Add(more) => {
            flags.system = flags.system.with(more.system);
            flags.keywords.extend(more.keywords.iter().cloned());
        }
        FlagChange::Remove(less) => {
            flags.system = flags.system.without(less.system);
            flags.keywords.retain(|keyword| !less.keywords.contains(keyword));
        }
    }
    flags.keywords.sort_unstable();
    flags.keywords.dedup();
    Merged(flags)
}

impl Merged {
    /// Whether the message says just this.
    pub(crate) fn is_same(&self, message: &Message<'_>) -> bool {
        let mut keywords = message.keywords.to_vec();
        keywords.sort_unstable();
        self.0.system == message.system && self.0.keywords == keywords
    }
}
