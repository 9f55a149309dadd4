//! Fuzz targets as plain functions, and the replay of their corpus.
//!
//! A target takes any bytes and asserts what must hold for all of them. It stands in a file of its own, with a line in
//! [`TARGETS`] and a corpus in `fuzz/corpus/NAME/`. The ordinary tests replay the corpus on the stable compiler;
//! `cargo xtask fuzz SECONDS [NAME]` lets libFuzzer look for more, and what it finds becomes a corpus file.
mod proxy_header;

/// A target: its name, which is its corpus's folder, and the function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, by name.
pub const TARGETS: &[Target] = &[
    ("proxy_header", proxy_header::proxy_header), //
];
