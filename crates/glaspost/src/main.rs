//! Glaspost: the whole mail service of an access provider in one program.
mod configuration;

fn main() {}
