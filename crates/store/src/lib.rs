//! Where mail lives: the model, the change log, the traits, an in-memory engine.
