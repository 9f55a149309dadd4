//! Paths: what is read prints as a path that reads the same, within its limits, without a line end.
use smtp_wire::{MAX_PATH, Mail, Quirks, Rcpt};

pub(crate) fn smtp_path(data: &[u8]) {
    let to = [b"TO:", data].concat();
    if let Ok(rcpt) = Rcpt::parse(&to, Quirks::LENIENT) {
        let printed = rcpt.forward_path.to_string();
        assert!(!printed.contains(['\r', '\n', '\0']));
        // quoting may add a backslash for each character
        assert!(printed.len() <= 2 * MAX_PATH);
        let again = Rcpt::parse(format!("TO:{printed}").as_bytes(), Quirks::STRICT);
        assert_eq!(again.map(|rcpt| rcpt.forward_path), Ok(rcpt.forward_path), "{printed}");
    }
    let from = [b"FROM:", data].concat();
    if let Ok(mail) = Mail::parse(&from, Quirks::STRICT) {
        let again = Mail::parse(format!("FROM:{}", mail.reverse_path).as_bytes(), Quirks::STRICT);
        assert_eq!(again.map(|mail| mail.reverse_path), Ok(mail.reverse_path));
    }
}
