//! POP3: wire and session.
