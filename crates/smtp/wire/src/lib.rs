//! SMTP as bytes in and values out: commands, replies, data, and the client as a state machine.
