//! The domains elsewhere for which mail is taken, with the lists of their people.
use crate::configuration::{Configuration, RelayDomain};
use crate::failure::{Code, Failure};
use crate::regular_file;
use delivery::People;
use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

/// The largest list.
const LARGEST: u64 = 16 * 1024 * 1024;

/// All of them, as their files are now.
///
/// # Errors
/// When a list cannot be read, or has a line that is no address of its domain.
pub(crate) fn relay_domains(configuration: &Configuration) -> Result<Vec<delivery::RelayDomain>, Failure> {
    configuration.mx.relay_domains.iter().map(of).collect()
}

/// One of them.
///
/// # Errors
/// As [`relay_domains`].
pub(crate) fn of(one: &RelayDomain) -> Result<delivery::RelayDomain, Failure> {
    let people = match &one.recipients_file {
        None => People::Anybody,
        Some(file) => {
            let wrong = |why: String| Failure::new(Code::Config, format!("{}: {why}", file.display()));
            let text = text(file).map_err(|error| wrong(error.to_string()))?;
            let names = names(&text, one).map_err(wrong)?;
            // one that is just being written, or was lost, would refuse everybody for good
            if names.is_empty() {
                return Err(wrong("nobody is in it".to_owned()));
            }
            People::These(names)
        }
    };
    Ok(delivery::RelayDomain { domain: one.domain.clone(), people })
}

fn text(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    if regular_file::open(file)?.take(LARGEST + 1).read_to_string(&mut text)? as u64 > LARGEST {
        return Err(std::io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

/// The names before the `@`, one a line; empty lines and those that begin with `#` say nothing.
fn names(text: &str, one: &RelayDomain) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let address = if line.contains('@') { line.to_owned() } else { format!("{line}@{}", one.domain) };
        let address: names::Address = address.parse().map_err(|error| format!("line {}: {error}", at + 1))?;
        if *address.domain() != one.domain {
            return Err(format!("line {}: {address} is not at {}", at + 1, one.domain));
        }
        names.insert(address.local().as_str().to_lowercase());
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_has_names_and_addresses_of_its_domain() {
        let one = RelayDomain { domain: "klant.example".parse().unwrap(), recipients_file: None, any_recipient: true };
        let found = names("# who is there\n\nanna\r\n Bram@Klant.Example \ninfo@klant.example\n", &one).unwrap();
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["anna", "bram", "info"]);
        assert_eq!(
            names("anna\nx@other.example\n", &one).unwrap_err(),
            "line 2: x@other.example is not at klant.example"
        );
        assert!(names("a b\n", &one).unwrap_err().starts_with("line 1: "));
    }

    #[test]
    fn a_list_that_cannot_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("klant");
        let one = RelayDomain {
            domain: "a.example".parse().unwrap(),
            recipients_file: Some(file.clone()),
            any_recipient: false,
        };
        assert!(of(&one).unwrap_err().message().contains("klant: "));
        std::fs::write(&file, "anna\n").unwrap();
        assert_eq!(of(&one).unwrap().people, People::these(["anna"]));
        std::fs::write(&file, "# nobody yet\n").unwrap();
        assert!(of(&one).unwrap_err().message().contains("nobody is in it"));
        std::fs::File::create(&file).unwrap().set_len(LARGEST + 1).unwrap();
        assert!(of(&one).is_err());
    }
}
