//! Whom to believe: HELO names and sending rates.
//!
//! [`HeloPolicy`] judges what a client calls itself; [`Rates`] counts what a sender sends. Both take values and the
//! passed clock, and know no store. Neighbours: `names`, `world`.
mod error;
mod helo;
mod rates;
pub use error::Error;
pub use helo::{HeloFault, HeloPolicy, HeloRule};
pub use rates::{Rate, Rates};
