//! What is inside a message: structure, envelope, preview, search text, thread keys, building.
