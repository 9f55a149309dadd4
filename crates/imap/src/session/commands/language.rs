//! LANGUAGE (RFC 5255, 3): in which language people are spoken to.
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::language::Speech;
use crate::session::talk::Talk;
use imap_wire::reply::{self, Code};
use imap_wire::{Cursor, language as read};

pub(crate) const LANGUAGE: Command = Command {
    name: "LANGUAGE",
    capability: Some("LANGUAGE"),
    effect: Effect::Tells,
    run: Run::Always(|_, talk, args| Box::pin(async move { language(talk, args) })),
};

fn language(talk: &mut Talk, mut args: Cursor<'_>) -> Answer {
    let ranges = match read(&mut args) {
        Ok(ranges) => ranges,
        Err(error) => return Ok(error.into()),
    };
    if ranges.is_empty() {
        reply::language(talk.out(), &Speech::tags());
        return Ok(Completion::ok("the languages that are spoken here"));
    }
    let preferred = talk.house.settings.language;
    match ranges.iter().find_map(|range| Speech::near(range, preferred)) {
        Some(speech) => {
            // RFC 5255, 3.3: from the LANGUAGE response on.
            reply::language(talk.out(), &[speech.tag]);
            talk.speech = speech;
            Ok(Completion::ok("this is what is spoken from now on"))
        }
        None => Ok(Completion::no(Code::Cannot, "no language of these is spoken here")),
    }
}
