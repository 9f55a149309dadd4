//! Which changes of flags are kept (RFC 3501, 7.1 and 7.2.6).
use super::flags::SYSTEM;
use super::talk::Talk;
use imap_wire::Flag;
use imap_wire::reply::{self, Code, Status};
use std::collections::BTreeSet;
use store::{Account, Keyword, Rights};

/// What of a change of flags is kept (PERMANENTFLAGS).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// Nothing: the mailbox is open for reading.
    Nothing,
    /// What has been named; the account may have no more keywords.
    Named,
    /// New keywords too: `\*`.
    New,
}

impl Kept {
    /// Asks how many keywords the account may still have.
    pub(crate) async fn ask(account: &Account, read_only: bool) -> Self {
        if read_only {
            return Self::Nothing;
        }
        // Without an answer the refusal, if any, comes with the keyword.
        if matches!(account.keywords_left().await, Ok(0)) { Self::Named } else { Self::New }
    }
}

/// FLAGS and PERMANENTFLAGS (RFC 3501, 7.2.6 and 7.1), the latter as far as the rights go (RFC 4314, 5.1.1).
pub(crate) fn print_flags(talk: &mut Talk, keywords: &BTreeSet<Keyword>, (kept, rights): (Kept, Rights)) {
    let named = |keyword: &Keyword| Flag::Keyword(keyword.as_str().to_owned());
    let system = SYSTEM.into_iter().map(|(_, flag)| flag);
    let flags: Vec<Flag> = system.chain(keywords.iter().map(named)).collect();
    reply::flags(talk.out(), &flags);
    let writes = rights.contains(Rights::WRITE);
    let system = SYSTEM.into_iter().filter(|(flag, _)| rights.flags().contains(*flag)).map(|(_, flag)| flag);
    let permanent = system.chain(keywords.iter().filter(|_| writes).map(named));
    let permanent = match kept {
        Kept::Nothing => Code::PermanentFlags(Vec::new(), false),
        Kept::Named => Code::PermanentFlags(permanent.collect(), false),
        Kept::New => Code::PermanentFlags(permanent.collect(), writes),
    };
    talk.tell(Status::Ok, Some(&permanent), "flags that are kept");
}
