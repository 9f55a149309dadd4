//! Counts what is looked at, in tests alone: work that grows faster than the message fails there, on any machine
//! (docs/security.md, M01, M04).

/// Counts so many octets looked at, or boundaries compared.
#[cfg(not(test))]
pub(crate) const fn taken(_: usize) {}

#[cfg(test)]
pub(crate) use tests::taken;

#[cfg(test)]
mod tests {
    use crate::{Flaw, Limits, parse};
    use std::cell::Cell;

    thread_local! {
        static TAKEN: Cell<u64> = const { Cell::new(0) };
    }

    pub(crate) fn taken(steps: usize) {
        TAKEN.set(TAKEN.get() + steps as u64);
    }

    /// The steps of reading a message, and its octets.
    fn steps(message: &[u8]) -> (u64, u64) {
        TAKEN.set(0);
        let parsed = parse(message, Limits::default());
        assert_eq!(parsed.size, message.len() as u64);
        (TAKEN.get(), parsed.size)
    }

    /// Reads the shape at one size and at four times that: the work may not grow faster, nor be more than so much an octet.
    fn is_linear(name: &str, an_octet: u64, sizes: [usize; 2], shape: impl Fn(usize) -> Vec<u8>) {
        for size in sizes {
            let (some, octets) = steps(&shape(size));
            let (more, octets4) = steps(&shape(4 * size));
            let grown = octets4.div_ceil(octets);
            assert!(some > 0 && more <= (grown + 1) * some, "{name}, {size}: {some} steps, then {more}");
            assert!(more <= an_octet * octets4, "{name}, {size}: {more} steps for {octets4} octets");
        }
    }

    fn nested(levels: usize) -> Vec<u8> {
        let level = |n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
        (0..levels).map(level).collect::<String>().into_bytes()
    }

    #[test]
    fn m01_nesting_costs_its_length() {
        is_linear("multiparts", 10, [1_000, 25_000], nested);
        is_linear("messages", 10, [1_000, 25_000], |n| b"Content-Type: message/rfc822\r\n\r\n".repeat(n));
        let open = nested(99);
        // each line is compared with each open boundary, of which there are a hundred at most
        is_linear("lines like boundaries", 30, [10_000, 50_000], |n| [&open[..], &b"--b9x\r\n".repeat(n)].concat());
        is_linear("dashes", 30, [10_000, 1_000_000], |n| [&open[..], &b"-".repeat(n)].concat());
        is_linear("empty parts", 30, [10_000, 50_000], |n| [&nested(1)[..], &b"--b0\r\n\r\n".repeat(n)].concat());
        assert!(parse(&nested(1_000), Limits::default()).flaws.contains(Flaw::TooDeep));
    }

    #[test]
    fn m04_headers_cost_their_length() {
        let repeated = |begin: &'static str, piece: &'static str| {
            move |n: usize| [begin.as_bytes(), &piece.as_bytes().repeat(n), b"\r\n\r\nbody\r\n"].concat()
        };
        for (name, begin, piece) in [
            ("fields", "", "X-Field: value\r\n"),
            ("one long field", "Subject: ", "x"),
            ("addresses", "To: ", "a@b, "),
            ("groups", "To: ", "g:;"),
            ("comments", "From: ", "("),
            ("comments that end", "From: ", "(a)"),
            ("quotes", "To: ", "\"\\"),
            ("angles", "To: ", "<"),
            ("routes", "To: ", "<@a,"),
            ("parameters", "Content-Type: text/plain", "; a=b"),
            ("pieces of a parameter", "Content-Type: text/plain", "; a*1=b"),
            ("semicolons", "Content-Disposition: attachment", ";"),
            ("references", "References: ", "<1@a> "),
            ("angles of references", "References: ", "<"),
            ("encoded words", "Subject: ", "=?utf-8?q?a?= "),
            ("words that do not end", "Subject: ", "=?utf-8?q?a"),
            ("marks", "Subject: ", "=?"),
            ("brackets of a subject", "Subject: ", "[a] re: "),
        ] {
            is_linear(name, 20, [2_000, 20_000], repeated(begin, piece));
        }
    }
}
