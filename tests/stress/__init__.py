"""Many IMAP sessions at random, each holding its own view of its mailbox against every word the server says."""
