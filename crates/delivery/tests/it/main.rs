//! Delivery on the real store and the real directory, on the engine in memory.
#![cfg(test)]
mod home;
