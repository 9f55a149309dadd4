//! A command line, split into its verb and what follows (RFC 5321, 4.1.1).

/// The longest command line taken, its end included. RFC 5321, 4.5.3.1.4 asks for 512; parameters add to it, and a
/// host name may be made of anything.
pub const MAX_COMMAND_LINE: usize = 4096;

/// Faults of clients that are forgiven where a listener says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quirks {
    /// quirk: some clients put a space after `FROM:` and `TO:`.
    pub space_after_colon: bool,
    /// quirk: some devices write the address without `<` and `>`.
    pub bare_address: bool,
}

impl Quirks {
    /// Nothing is forgiven.
    pub const STRICT: Self = Self { space_after_colon: false, bare_address: false };
    /// Everything is.
    pub const LENIENT: Self = Self { space_after_colon: true, bare_address: true };
}

/// The verb and its arguments, without the white space between and behind (quirk: some clients leave a space there).
pub fn verb(line: &[u8]) -> (&[u8], &[u8]) {
    let line = line.trim_ascii_end();
    let length = line.iter().position(|byte| matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
    let (verb, rest) = line.split_at(length);
    (verb, rest.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::verb;

    #[test]
    fn splits_at_the_first_space() {
        for (line, name, arguments) in [
            ("NOOP", "NOOP", ""),
            ("NOOP ", "NOOP", ""),
            ("EHLO  laptop ", "EHLO", "laptop"),
            ("MAIL FROM:<a@b>", "MAIL", "FROM:<a@b>"),
            ("", "", ""),
            (" NOOP", "", "NOOP"),
        ] {
            assert_eq!(verb(line.as_bytes()), (name.as_bytes(), arguments.as_bytes()), "{line:?}");
        }
    }
}
