//! How a protocol talks: links, bounded input, output that waits for its peer, lines.
