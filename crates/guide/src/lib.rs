//! What a customer sets up in a mail program.
//!
//! A [`Guide`] is made from the doors that are open ([`Open`]), so it says what is so and never what was meant once. It is
//! facts without words. [`Sheet`] says them in a language; [`Sheet::text`] and [`Sheet::html`] lay that out, and
//! [`Spoken`] is both, for JSON.
//!
//! Invariant: nothing is on the sheet for which no door is open.
mod door;
mod guide;
mod helo;
mod html;
mod old_name;
mod sheet;
mod spoken;
mod text;
mod way;
pub use door::{Door, Open, Security, Service};
pub use guide::Guide;
pub use helo::{HeloCause, HeloFix, StrictHelo};
pub use html::{Frame, STYLE};
pub use old_name::{LeadsTo, OldName};
pub use sheet::Sheet;
pub use spoken::Spoken;
pub use way::{Login, Protocol, Reason, Way};
#[cfg(test)]
mod tests;
