//! Clock, randomness and DNS as they are passed in, so that every rule that depends on them can be tested.
//!
//! Dates go by [`Clock`]; deadlines go by tokio's clock, which tests pause. The scripted twins in
//! [`scripted`] are what tests hand in; the real DNS stands in `net`.
mod clock;
mod dns;
mod random;
pub mod scripted;
pub use clock::{Clock, SystemClock, UnixTime};
pub use dns::{Answer, Dns, DnsError, MailExchanger, Proof, Tlsa};
pub use random::{OsRandom, Random};

use std::sync::Arc;

/// What a room needs of the world around it; cheap to clone.
#[derive(Clone)]
pub struct World {
    /// The time of day.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub random: Arc<dyn Random>,
    /// Names and addresses.
    pub dns: Arc<dyn Dns>,
}
