//! Hands libFuzzer's input to the target that `FUZZ_TARGET` names.
#![no_main]
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();

fuzz_target!(|data: &[u8]| TARGET.get_or_init(chosen)(data));

#[expect(clippy::disallowed_methods, clippy::panic, reason = "libFuzzer owns the arguments; a wrong name ends it")]
fn chosen() -> fn(&[u8]) {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    match fuzz::TARGETS.iter().find(|(known, _)| *known == name) {
        Some((_, target)) => *target,
        None => panic!("FUZZ_TARGET={name}: no such target"),
    }
}
