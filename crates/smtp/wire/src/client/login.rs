//! Logging in to another server (RFC 4954).
use super::{Client, Event, Stage};
use crate::Reply;
use data_encoding::BASE64;
use std::collections::VecDeque;
use std::fmt;

/// The longest command line, its end included (RFC 5321, 4.5.3.1.4).
const MAX_COMMAND_LINE: usize = 512;

/// What a login says next. A password is in it, which does not print.
pub(super) struct Answers(VecDeque<String>);

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Client {
    /// Logs in (RFC 4954) by PLAIN (RFC 4616), or by LOGIN where only that is offered. Only when ready. Says whether either
    /// is offered; nothing has been said where not.
    pub fn log_in(&mut self, user: &str, password: &str) -> bool {
        let offers = |name: &str| self.capabilities.auth.iter().any(|offered| offered == name);
        let encode = |text: &str| BASE64.encode(text.as_bytes());
        let (first, later) = match () {
            () if !matches!(self.stage, Stage::Ready) => return false,
            () if offers("PLAIN") => {
                let answer = encode(&format!("\0{user}\0{password}"));
                let line = format!("AUTH PLAIN {answer}");
                // RFC 4954, 4: what makes the command longer than a line is said when it is asked for
                if line.len() + 2 > MAX_COMMAND_LINE {
                    ("AUTH PLAIN".to_owned(), VecDeque::from([answer]))
                } else {
                    (line, VecDeque::new())
                }
            }
            () if offers("LOGIN") => ("AUTH LOGIN".to_owned(), VecDeque::from([encode(user), encode(password)])),
            () => return false,
        };
        self.say(&first);
        self.stage = Stage::Auth(Answers(later));
        true
    }

    /// RFC 4954, 4: 235 takes the login, 334 asks for the next answer, all else refuses it.
    pub(super) fn login_answered(&mut self, Answers(mut later): Answers, reply: Reply) -> Option<Event> {
        match (reply.code, later.pop_front()) {
            (235, _) => {
                self.stage = Stage::Ready;
                Some(Event::LoggedIn)
            }
            (334, Some(answer)) => {
                self.say(&answer);
                self.stage = Stage::Auth(Answers(later));
                None
            }
            (code, _) => {
                // a server that asks on is in the middle of something that we do not know
                self.stage = if matches!(code, 334 | 421) { Stage::Over } else { Stage::Ready };
                Some(Event::LoginRefused(reply))
            }
        }
    }
}
