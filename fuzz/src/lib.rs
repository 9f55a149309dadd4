//! Fuzz targets as plain functions, and the replay of their corpus.
//!
//! A target takes any bytes and asserts what must hold for all of them. It stands in a file of its own, with a line in
//! [`TARGETS`] and a corpus in `fuzz/corpus/NAME/`. The ordinary tests replay the corpus on the stable compiler;
//! `cargo xtask fuzz SECONDS [NAME]` lets libFuzzer look for more, and what it finds becomes a corpus file.
mod addresses;
mod dates;
mod encoded_words;
mod header_fields;
mod mime;
mod parameters;
mod proxy_header;

/// A target: its name, which is its corpus's folder, and the function.
pub type Target = (&'static str, fn(&[u8]));

/// All targets, by name.
pub const TARGETS: &[Target] = &[
    ("addresses", addresses::addresses),             //
    ("dates", dates::dates),                         //
    ("encoded_words", encoded_words::encoded_words), //
    ("header_fields", header_fields::header_fields), //
    ("mime", mime::mime),                            //
    ("parameters", parameters::parameters),          //
    ("proxy_header", proxy_header::proxy_header),    //
];
