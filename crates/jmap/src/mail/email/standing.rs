//! Where an email is and what is said of it there, as JMAP counts it: one set of keywords for all its mailboxes.
use crate::opened::Opened;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use store::{EmailId, Error, MailboxId, Membership, SystemFlags};

/// Keywords that are system flags in IMAP (RFC 8621, 4.1.1).
const SYSTEM: [(&str, SystemFlags); 4] = [
    ("$seen", SystemFlags::SEEN),
    ("$answered", SystemFlags::ANSWERED),
    ("$flagged", SystemFlags::FLAGGED),
    ("$draft", SystemFlags::DRAFT),
];

/// The system flag that a keyword is, in any case.
pub(crate) fn system_flag(keyword: &str) -> Option<SystemFlags> {
    SYSTEM.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(keyword)).map(|(_, flag)| flag)
}

/// An email's mailboxes and keywords.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) mailboxes: BTreeSet<MailboxId>,
    keywords: BTreeSet<String>,
}

impl Standing {
    /// What memberships come to, for a caller who sees them all. RFC 8621, 4.1.1: what is `\Deleted` is not there, and
    /// `$seen` is had only if all have it.
    pub(crate) fn of<'m>(memberships: impl Iterator<Item = &'m Membership> + Clone) -> Self {
        let there = memberships.filter(|place| !place.flags.system.contains(SystemFlags::DELETED));
        let all_seen = there.clone().all(|place| place.flags.system.contains(SystemFlags::SEEN));
        let mut standing = Self::default();
        for place in there {
            standing.mailboxes.insert(place.mailbox);
            for (name, flag) in SYSTEM {
                let has = place.flags.system.contains(flag) && (flag != SystemFlags::SEEN || all_seen);
                standing.keywords.extend(has.then(|| name.to_owned()));
            }
            // "servers MUST return keywords in lowercase"
            standing.keywords.extend(place.flags.keywords.iter().map(|word| word.as_str().to_ascii_lowercase()));
        }
        standing
    }

    /// Whether the caller can see the email at all.
    pub(crate) fn is_there(&self) -> bool {
        !self.mailboxes.is_empty()
    }

    pub(crate) fn mailbox_ids(&self) -> Value {
        self.mailboxes.iter().map(|mailbox| (mailbox.to_string(), Value::Bool(true))).collect::<Map<_, _>>().into()
    }

    pub(crate) fn keywords(&self) -> Value {
        self.keywords.iter().map(|keyword| (keyword.clone(), Value::Bool(true))).collect::<Map<_, _>>().into()
    }
}

/// How emails stand, for those that the caller can see.
pub(crate) async fn standings(opened: &Opened, emails: &[EmailId]) -> Result<BTreeMap<EmailId, Standing>, Error> {
    let all = opened.account.memberships_of(emails).await?;
    let standing = |places: Vec<Membership>| Standing::of(places.iter().filter(|place| opened.sees(place.mailbox)));
    let told = emails.iter().copied().zip(all.into_iter().map(standing));
    Ok(told.filter(|(_, standing)| standing.is_there()).collect())
}

#[cfg(test)]
mod tests {
    use super::Standing;
    use serde_json::json;
    use store::{Flags, Keyword, MailboxId, Membership, ModSeq, SystemFlags, Uid};

    fn place(mailbox: u64, system: SystemFlags, keywords: &[&str]) -> Membership {
        let keywords = keywords.iter().map(|word| Keyword::new(word).unwrap()).collect();
        let flags = Flags { system, keywords };
        Membership { mailbox: MailboxId(mailbox), uid: Uid::MIN, flags, modseq: ModSeq(1), saved: 0 }
    }

    #[test]
    fn keywords_are_those_of_all_places_and_seen_of_each() {
        let seen = SystemFlags::SEEN;
        let both = [place(1, seen.with(SystemFlags::FLAGGED), &["Work"]), place(2, seen, &["$Junk"])];
        let standing = Standing::of(both.iter());
        assert_eq!(standing.mailbox_ids(), json!({"mb": true, "mc": true}));
        assert_eq!(standing.keywords(), json!({"$seen": true, "$flagged": true, "work": true, "$junk": true}));
        let one = [place(1, seen, &[]), place(2, SystemFlags::DRAFT.with(SystemFlags::ANSWERED), &[])];
        assert_eq!(Standing::of(one.iter()).keywords(), json!({"$draft": true, "$answered": true}));
        // what is marked as deleted says nothing
        let deleted = [place(1, seen, &[]), place(2, SystemFlags::DELETED, &["x"])];
        let standing = Standing::of(deleted.iter());
        assert_eq!((standing.mailbox_ids(), standing.keywords()), (json!({"mb": true}), json!({"$seen": true})));
        assert!(!Standing::of([place(2, SystemFlags::DELETED, &[])].iter()).is_there());
    }
}
