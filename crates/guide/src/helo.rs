//! The rule for the name that a computer gives when it sends, and why it refuses.
use crate::{Open, Service};
use names::Domain;
use serde::{Deserialize, Serialize};

/// A computer's name that is refused for a character, as an example, and one that is taken.
const BAD_NAME: &str = "jan_pc";
const GOOD_NAME: &str = "jan-pc";

/// Why a name is refused, of the causes that are known from customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HeloCause {
    /// The program calls itself `localhost`.
    Localhost,
    /// The computer's name has a character that is not allowed.
    Character,
}

/// A cause with an example of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HeloFix {
    /// Why the name is refused.
    pub cause: HeloCause,
    /// What the server says to such a name, to the letter.
    pub reply: String,
    /// A name that is taken.
    pub good: String,
}

/// That names are judged, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct StrictHelo {
    /// The server that judges.
    pub server: Domain,
    /// The causes.
    pub causes: Vec<HeloFix>,
}

/// The rule, where a door keeps it.
pub(crate) fn strict(open: &Open) -> Option<StrictHelo> {
    let reply = open.bad_helo?;
    let door = open.doors.iter().find(|door| door.service == Service::Submission)?;
    let causes = vec![
        HeloFix { cause: HeloCause::Localhost, reply: reply("localhost"), good: open.provider.to_string() },
        HeloFix { cause: HeloCause::Character, reply: reply(BAD_NAME), good: GOOD_NAME.to_owned() },
    ];
    Some(StrictHelo { server: door.names.first()?.clone(), causes })
}
