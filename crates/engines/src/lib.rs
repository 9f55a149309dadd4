//! What the store runs on: the embedded engine.
