//! Names in a zip file: paths that lead nowhere else, on any file system, and no two that are one to some of them.
use std::collections::BTreeSet;

/// Letters of a file's name in front of its ending, and of the ending.
const STEM: usize = 120;
const ENDING: usize = 16;
/// What Windows keeps for its devices, whatever the ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// The names of one zip file.
#[derive(Debug, Default)]
pub(super) struct EntryNames {
    taken: BTreeSet<String>,
}

impl EntryNames {
    /// A mailbox as a file, in the folders of those above it.
    pub(super) fn mailbox(&mut self, mailbox: &str) -> String {
        let path = mailbox.split('/').map(step).collect::<Vec<_>>().join("/");
        self.once(&path, ".mbox")
    }

    /// A file by the name that it came with, which may say anything.
    pub(super) fn file(&mut self, name: &str) -> String {
        let safe = step(&name.replace('/', "_"));
        let (stem, ending) = match safe.rfind('.') {
            Some(at) if at > 0 && safe.len() - at <= ENDING => safe.split_at(at),
            _ => (safe.as_str(), ""),
        };
        let stem: String = stem.chars().take(STEM).collect();
        self.once(&stem, ending)
    }

    /// The name, or the first of those that are numbered which is free.
    fn once(&mut self, stem: &str, ending: &str) -> String {
        let mut name = format!("{stem}{ending}");
        let mut number = 2;
        // file systems that know no upper case see one name where there are two
        while !self.taken.insert(name.to_lowercase()) {
            name = format!("{stem} ({number}){ending}");
            number += 1;
        }
        name
    }
}

/// A step of a path: not empty, not hidden, not upwards, and nothing that Windows would take for something else.
fn step(step: &str) -> String {
    let safe: String = step.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let safe = safe.trim_matches(['.', ' ']);
    let first = safe.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = first.strip_prefix("com").or_else(|| first.strip_prefix("lpt"));
    let is_device = DEVICES.contains(&first.as_str())
        || numbered.is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    if safe.is_empty() || is_device { format!("_{safe}") } else { safe.to_owned() }
}

/// What a name may have; signs that turn text round would show `exe` as something else.
fn is_plain(letter: char) -> bool {
    let turns =
        matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !letter.is_control() && !turns && !r#"\:*?"<>|"#.contains(letter)
}

#[cfg(test)]
mod tests {
    use super::EntryNames;

    #[test]
    fn names_of_mailboxes_lead_nowhere() {
        let mut names = EntryNames::default();
        for (mailbox, name) in [
            ("INBOX", "INBOX.mbox"),
            ("inbox", "inbox (2).mbox"),
            ("Work/2026", "Work/2026.mbox"),
            ("../../etc/passwd", "_/_/etc/passwd.mbox"),
            ("C:\\x", "C__x.mbox"),
            (" . ", "_.mbox"),
            ("a//b", "a/_/b.mbox"),
            ("caf\u{e9}", "caf\u{e9}.mbox"),
            ("Work/NUL", "Work/_NUL.mbox"),
        ] {
            assert_eq!(names.mailbox(mailbox), name);
        }
    }

    #[test]
    fn names_of_files_lead_nowhere_and_are_what_they_seem() {
        let mut names = EntryNames::default();
        for (given, name) in [
            ("foto.jpg", "foto.jpg"),
            ("FOTO.JPG", "FOTO (2).JPG"),
            ("foto.jpg", "foto (3).jpg"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("..\\..\\x.bat", "_.._x.bat"),
            ("foto\u{202e}gpj.exe", "foto_gpj.exe"),
            ("a\r\nb\0.txt", "a__b_.txt"),
            ("con.txt", "_con.txt"),
            ("COM1", "_COM1"),
            ("common.txt", "common.txt"),
            ("", "_"),
            ("...", "_ (2)"),
            (".htaccess", "htaccess"),
            ("no ending at all", "no ending at all"),
        ] {
            assert_eq!(names.file(given), name, "{given:?}");
        }
        let long = names.file(&format!("{}.pdf", "\u{e9}".repeat(5_000)));
        assert_eq!((long.chars().count(), long.ends_with(".pdf")), (124, true));
        let long = names.file(&format!("a.{}", "x".repeat(5_000)));
        assert_eq!(long.chars().count(), 120);
    }
}
