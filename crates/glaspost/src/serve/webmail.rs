//! The webmail's files, put in by the build.

include!(concat!(env!("OUT_DIR"), "/webmail.rs"));
