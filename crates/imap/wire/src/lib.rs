//! IMAP as bytes in and values out: commands, literals, sets, names, and the printer of replies.
