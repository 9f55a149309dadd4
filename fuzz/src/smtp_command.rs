//! SMTP commands: what is read prints as a line that reads the same; nothing panics; values stay within the line.
use smtp_wire::{Auth, Bdat, Mail, Quirks, Rcpt, verb};

pub(crate) fn smtp_command(data: &[u8]) {
    let (name, arguments) = verb(data);
    assert!(name.len() + arguments.len() <= data.len());
    for quirks in [Quirks::STRICT, Quirks::LENIENT] {
        if let Ok(mail) = Mail::parse(arguments, quirks) {
            let line = mail.to_string();
            let (_, printed) = verb(line.as_bytes());
            assert_eq!(Mail::parse(printed, Quirks::STRICT), Ok(mail), "{line}");
        }
        if let Ok(rcpt) = Rcpt::parse(arguments, quirks) {
            let line = rcpt.to_string();
            let (_, printed) = verb(line.as_bytes());
            assert_eq!(Rcpt::parse(printed, Quirks::STRICT), Ok(rcpt), "{line}");
        }
    }
    if let Ok(auth) = Auth::parse(arguments) {
        assert!((1..=20).contains(&auth.mechanism.len()));
    }
    let _ = Bdat::parse(arguments);
}
