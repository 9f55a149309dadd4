//! The demo's configuration: `examples/telfortglasvezel.toml` on loopback.
use super::certificates::Files;
use super::zone::{DOMAIN, NEW_NAMES, RELAY, RELAY_NAME, SERVICES};
use crate::configuration::Language;
use std::net::IpAddr;
use std::path::Path;

/// Which ports are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ports {
    /// The real ones, so much higher.
    Plus(u16),
    /// Whatever is free.
    Free,
}

/// What the file depends on.
pub(super) struct Deployment<'a> {
    pub(super) folder: &'a Path,
    pub(super) certificates: &'a Files,
    pub(super) ports: Ports,
    pub(super) outside: (String, u16),
    pub(super) language: Language,
    pub(super) limits: bool,
}

/// One listener: service, name, address, real port, names, and its other settings.
struct Entry(&'static str, &'static str, IpAddr, u16, &'static [&'static str], &'static str);

const STARTTLS: &str = "tls = \"starttls\"\n";
const IMPLICIT: &str = "tls = \"implicit\"\n";
const PLAIN_LOGIN: &str = "login-without-tls = true\n";
const STARTTLS_PLAIN_LOGIN: &str = "tls = \"starttls\"\nlogin-without-tls = true\n";
const POP3: &[&str] = &["pop3.telfortglasvezel.nl", "pop.xmsnet.nl"];
const IMAP: &[&str] = &["imap.telfortglasvezel.nl", "imap.xmsnet.nl"];

const ENTRIES: [Entry; 11] = [
    Entry("mx", "mx", SERVICES, 25, &["mx.telfortglasvezel.nl"], STARTTLS),
    Entry("submission", "submission", SERVICES, 587, &["smtp.telfortglasvezel.nl"], STARTTLS),
    Entry("pop3", "pop3s", SERVICES, 995, POP3, IMPLICIT),
    Entry("pop3", "pop3", SERVICES, 110, POP3, PLAIN_LOGIN),
    Entry("imap", "imaps", SERVICES, 993, IMAP, IMPLICIT),
    Entry("imap", "imap", SERVICES, 143, IMAP, STARTTLS_PLAIN_LOGIN),
    Entry("relay", "relay", RELAY, 25, &[RELAY_NAME], ""),
    Entry("relay", "relay-587", RELAY, 587, &[RELAY_NAME], ""),
    Entry("lmtp", "lmtp", SERVICES, 24, &[], ""),
    Entry("https", "https", SERVICES, 443, &["webmail.telfortglasvezel.nl", "mta-sts.telfortglasvezel.nl"], IMPLICIT),
    Entry("metrics", "metrics", SERVICES, 9_090, &[], ""),
];

impl Deployment<'_> {
    /// The text of the file.
    pub(super) fn text(&self) -> String {
        let quoted = |path: &Path| serde_json::Value::from(path.to_string_lossy().into_owned()).to_string();
        let language = match self.language {
            Language::Nl => "nl",
            Language::En => "en",
        };
        let mut text = format!(
            "# Written by `glaspost demo` at each start.\n\
             host-name = \"{}\"\ndefault-domain = \"{DOMAIN}\"\ndata = {}\n\
             own-networks = [\"127.0.0.0/24\"]\nlanguage = \"{language}\"\n\n\
             [[certificate]]\nchain = {}\nkey = {}\n",
            NEW_NAMES[4],
            quoted(&self.folder.join("data")),
            quoted(&self.certificates.chain),
            quoted(&self.certificates.key),
        );
        for Entry(service, name, address, port, names, more) in &ENTRIES {
            let port = match self.ports {
                Ports::Plus(more) => port + more,
                Ports::Free => 0,
            };
            let names = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
            text.push_str(&format!(
                "\n[[listener]]\nservice = \"{service}\"\nname = \"{name}\"\naddress = [\"{address}:{port}\"]\nnames = [{names}]\n{more}"
            ));
        }
        let (host, port) = &self.outside;
        text.push_str(&format!("\n[queue]\nsmart-host = {{ host = \"{host}\", port = {port} }}\n"));
        text.push_str("\n[mta-sts]\nmode = \"testing\"\n");
        if !self.limits {
            text.push_str("\n[limits]\nenabled = false\n");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[test]
    fn it_is_a_right_configuration() {
        let files =
            Files { ca: PathBuf::from("/d/ca.pem"), chain: PathBuf::from("/d/\"x\".pem"), key: PathBuf::from("/d/k") };
        for ports in [Ports::Plus(0), Ports::Plus(10_000), Ports::Free] {
            let deployment = Deployment {
                folder: Path::new("/d"),
                certificates: &files,
                ports,
                outside: ("127.0.0.3".to_owned(), 10_025),
                language: Language::Nl,
                limits: false,
            };
            let configuration = crate::configuration::parse(&deployment.text()).unwrap();
            assert_eq!(configuration.listeners.len(), 11);
            assert!(!configuration.limits.enabled);
        }
    }
}
