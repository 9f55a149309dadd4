//! What a client of HTTP gets.
mod house;
mod limits;
mod policy;
