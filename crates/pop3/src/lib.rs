//! POP3: [`wire`] is bytes in and values out, the session is what a command does.
pub mod wire;
