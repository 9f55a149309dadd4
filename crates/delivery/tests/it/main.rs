//! Delivery on the real store and the real directory: on the engine in memory, and on kept stores of the embedded one.
#![cfg(test)]
mod home;
mod kept;
