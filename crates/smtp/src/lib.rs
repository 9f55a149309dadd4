//! SMTP and LMTP sessions.
