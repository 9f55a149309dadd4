//! CAPABILITY (RFC 3501, 6.1.1 and 7.2.1), printed from the table of commands and from what is no command.
use crate::session::command::{COMMANDS, Command, Effect, Run};
use crate::session::completion::Completion;
use crate::session::talk::Talk;
use imap_wire::reply;

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

/// What is offered at any time and belongs to no command: literals (RFC 7888), responses with AUTHENTICATE (RFC 4959).
const ALWAYS: [&str; 2] = ["LITERAL+", "SASL-IR"];
/// What belongs to parts of commands: LIST (RFC 3348, RFC 5258, RFC 5819, RFC 6154), SEARCH (RFC 4731), and to many
/// (RFC 7162).
const AFTER_LOGIN: [&str; 6] = ["CHILDREN", "CONDSTORE", "ESEARCH", "LIST-EXTENDED", "LIST-STATUS", "SPECIAL-USE"];

/// What the client may use now; IMAP4rev1 comes first.
pub(crate) fn capabilities(logged_in: bool, talk: &Talk) -> Vec<&'static str> {
    let offered = |command: &&&Command| {
        let here = if logged_in { command.after_login() } else { command.before_login() };
        here && (command.name != "STARTTLS" || talk.conversation.can_start_tls())
    };
    let rows = COMMANDS.iter().filter(offered).filter_map(|command| command.capability);
    let mut names: Vec<&'static str> = rows.chain(ALWAYS).collect();
    if logged_in {
        names.extend(AFTER_LOGIN);
    } else if may_log_in(talk) {
        names.extend(["AUTH=LOGIN", "AUTH=PLAIN"]);
    } else {
        names.push("LOGINDISABLED"); // RFC 3501, 6.2.3 and 7.2.1
    }
    names.sort_unstable_by_key(|name| (*name != "IMAP4rev1", *name));
    names.dedup();
    names
}

/// Whether a password may be sent over this connection.
pub(crate) fn may_log_in(talk: &Talk) -> bool {
    talk.conversation.peer.tls.is_some() || talk.house.settings.login_without_tls
}
