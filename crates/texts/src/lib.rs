//! What the server says to people, in Dutch and English.
