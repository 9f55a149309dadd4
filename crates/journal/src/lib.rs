//! What happened, as typed events kept for a while.
