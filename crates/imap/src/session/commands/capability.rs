//! CAPABILITY (RFC 3501, 6.1.1 and 7.2.1), printed from the table of commands and from what is no command.
use crate::session::command::{COMMANDS, Command, Effect, Run};
use crate::session::completion::Completion;
use crate::session::talk::Talk;
use imap_wire::reply::{self, CapabilityList};
use std::borrow::Cow;

pub(crate) const CAPABILITY: Command = Command {
    name: "CAPABILITY",
    capability: Some("IMAP4rev1"),
    effect: Effect::Nothing,
    run: Run::Always(|phase, talk, args| {
        Box::pin(async move {
            if let Err(error) = args.end() {
                return Ok(error.into());
            }
            let names = capabilities(phase.login().is_some(), talk);
            reply::words(talk.out(), "CAPABILITY", names);
            Ok(Completion::ok("that is all"))
        })
    }),
};

/// What is offered at any time and belongs to no command: literals (RFC 7888), responses with AUTHENTICATE (RFC 4959),
/// and IMAP4rev2 to whoever enables it (RFC 9051, Appendix A).
const ALWAYS: [&str; 3] = ["IMAP4rev2", "LITERAL+", "SASL-IR"];
/// What belongs to parts of commands: APPEND (RFC 4469), LIST (RFC 3348, RFC 5258, RFC 5819, RFC 6154, RFC 8440, RFC 9590), SETACL (RFC
/// 4314), CREATE (RFC 6154), STATUS (RFC 8438), SEARCH (RFC 4731, RFC 5032, RFC
/// 6203), SORT (RFC 5267, RFC 5957), FETCH (RFC 3516,
/// RFC 8970), and to many (RFC 5182, RFC 7162, RFC 8474, RFC 8514, RFC 9394).
const AFTER_LOGIN: [&str; 31] = [
    "BINARY",
    "CATENATE",
    "CHILDREN",
    "CONDSTORE",
    "CONTEXT=SORT",
    "CREATE-SPECIAL-USE",
    "ESEARCH",
    "ESORT",
    "I18NLEVEL=1",
    "INPROGRESS",
    "LIST-EXTENDED",
    "LIST-METADATA",
    "LIST-MYRIGHTS",
    "LIST-STATUS",
    "OBJECTID",
    "PARTIAL",
    "PREVIEW",
    "QRESYNC",
    "QUOTA=RES-MESSAGE",
    "QUOTA=RES-STORAGE",
    "RIGHTS=kxte",
    "SAVEDATE",
    "SEARCH=FUZZY",
    "SEARCHRES",
    "SORT=DISPLAY",
    "SPECIAL-USE",
    "STATUS=SIZE",
    "THREAD=REFS",
    "UIDONLY",
    "UTF8=ACCEPT",
    "WITHIN",
];

/// What the client may use now; IMAP4rev1 and IMAP4rev2 come first.
pub(crate) fn capabilities(logged_in: bool, talk: &Talk) -> CapabilityList {
    let offered = |command: &&&Command| {
        let here = if logged_in { command.after_login() } else { command.before_login() };
        let possible = match command.name {
            "STARTTLS" => talk.conversation.can_start_tls(),
            // RFC 9698, 2: only where the address is known
            "GETJMAPACCESS" => talk.house.settings.jmap.is_some(),
            _ => true,
        };
        here && possible
    };
    let rows = COMMANDS.iter().filter(offered).filter_map(|command| command.capability);
    let mut names: CapabilityList = rows.chain(ALWAYS).map(Cow::Borrowed).collect();
    if logged_in {
        names.extend(AFTER_LOGIN.map(Cow::Borrowed));
        names.push(format!("APPENDLIMIT={}", append_limit(talk)).into());
    } else if may_log_in(talk) {
        names.extend(["AUTH=LOGIN", "AUTH=PLAIN"].map(Cow::Borrowed));
    } else {
        names.push("LOGINDISABLED".into()); // RFC 3501, 6.2.3 and 7.2.1
    }
    names.sort_unstable();
    names.dedup();
    names.sort_by_key(|name| !name.starts_with("IMAP4"));
    names
}

/// The largest message that APPEND takes, the same for every mailbox (RFC 7889, 2).
pub(crate) fn append_limit(talk: &Talk) -> u64 {
    // RFC 7889, 5: a `number`, which has 32 bits.
    talk.house.settings.max_message_size.bytes().min(u64::from(u32::MAX))
}

/// Whether a password may be sent over this connection.
pub(crate) fn may_log_in(talk: &Talk) -> bool {
    talk.conversation.peer.tls.is_some() || talk.house.settings.login_without_tls
}
