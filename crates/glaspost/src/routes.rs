//! The routes of the configuration as delivery has them, with the passwords that they name.
use crate::configuration::{Configuration, Route, RouteKind};
use crate::failure::{Code, Failure};
use crate::regular_file;
use delivery::{Login, NextHop, Pattern, Place, Relay, TlsRule, Transport};
use names::Secret;
use smtp_wire::Dialect;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The longest password.
const LONGEST: usize = 1_024;

/// All routes, in the order in which they are asked: `[[route]]`, `queue.routes`, `queue.smart-host`.
///
/// # Errors
/// When a password cannot be had.
pub(crate) fn routes(configuration: &Configuration) -> Result<Vec<delivery::Route>, Failure> {
    let listed = configuration.routes.iter().enumerate().map(|(at, route)| of(route, route.name_at(at)));
    let mut routes = listed.collect::<Result<Vec<_>, _>>()?;
    let queue = &configuration.queue;
    routes.extend(queue.routes.iter().map(|route| {
        let hop = NextHop { host: route.host.clone(), port: route.port };
        one_host(route.domain.to_string(), Pattern::Domain(route.domain.clone()), hop)
    }));
    routes.extend(queue.smart_host.iter().map(|host| {
        one_host("smart-host".to_owned(), Pattern::All, NextHop { host: host.host.clone(), port: host.port })
    }));
    Ok(routes)
}

fn one_host(name: String, recipients: Pattern, hop: NextHop) -> delivery::Route {
    let transport = Transport::Relay(Relay::to(vec![hop]));
    delivery::Route { name, recipients: vec![recipients], senders: Vec::new(), listeners: Vec::new(), transport }
}

fn of(route: &Route, name: String) -> Result<delivery::Route, Failure> {
    let transport = match route.kind {
        RouteKind::Mx => Transport::Mx,
        RouteKind::SmartHost => Transport::Relay(relay(route, Dialect::Smtp)?),
        RouteKind::Lmtp => Transport::Relay(relay(route, Dialect::Lmtp)?),
        RouteKind::Discard => Transport::Discard,
        RouteKind::Refuse => Transport::Refuse(route.text.clone().unwrap_or_default()),
    };
    Ok(delivery::Route {
        name,
        recipients: route.recipient_domains.clone(),
        senders: route.sender_domains.clone(),
        listeners: route.listeners.clone(),
        transport,
    })
}

fn relay(route: &Route, dialect: Dialect) -> Result<Relay, Failure> {
    let failed = |error| Failure::new(Code::Config, error);
    let hosts = || route.hosts.iter().map(|host| host.hop(route.port())).collect::<Result<Vec<_>, _>>();
    let at = match &route.socket {
        Some(socket) => Place::Socket(socket.clone()),
        None => Place::Hosts(hosts().map_err(failed)?),
    };
    let login = match (&route.user, &route.password_file) {
        (Some(user), Some(file)) => Some(Login {
            user: user.clone(),
            password: password(file).map_err(|fault| Failure::new(Code::Config, fault))?,
            without_tls: route.login_without_tls,
        }),
        _ => None,
    };
    let tls = if route.socket.is_some() { TlsRule::Off } else { route.tls_rule() };
    Ok(Relay { at, dialect, tls, implicit_tls: route.implicit_tls, login })
}

/// The password in a file: its only line.
///
/// # Errors
/// When it cannot be read, others may read it, or it is none.
pub(crate) fn password(file: &Path) -> Result<Secret<String>, String> {
    let wrong = |why: String| format!("{}: {why}", file.display());
    let failed = |error: std::io::Error| wrong(error.to_string());
    let opened = regular_file::open(file).map_err(failed)?;
    let mode = opened.metadata().map_err(failed)?.permissions().mode() & 0o7777;
    if mode & 0o007 != 0 {
        return Err(wrong(format!("the password is open to others (mode {mode:04o}); chmod 0600 it")));
    }
    let mut text = String::with_capacity(LONGEST * 2);
    let read = opened.take(LONGEST as u64 + 3).read_to_string(&mut text);
    let text = Secret::new(text);
    read.map_err(failed)?;
    let line = text.reveal().trim_end_matches(['\r', '\n']);
    if line.is_empty() || line.len() > LONGEST || line.chars().any(char::is_control) {
        return Err(wrong(format!("the password is one line of at most {LONGEST} bytes, without control characters")));
    }
    Ok(Secret::new(line.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn of_file(text: &str) -> Vec<delivery::Route> {
        let text = format!("host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\n{text}");
        routes(&crate::configuration::parse(&text).unwrap()).map_err(|failure| failure.message().to_owned()).unwrap()
    }

    #[test]
    fn the_short_forms_come_last() {
        let found = of_file(
            "[queue]\nsmart-host = { host = \"smart.example\", port = 25 }\n\
             routes = [{ domain = \"a.example\", host = \"192.0.2.1\", port = 2525 }]\n\
             [[route]]\nrecipient-domains = [\".b.example\"]\nkind = \"lmtp\"\nhosts = [\"x.example\", \"[2001:db8::1]:25\"]\n",
        );
        let names: Vec<&str> = found.iter().map(|route| route.name.as_str()).collect();
        assert_eq!(names, ["route 1", "a.example", "smart-host"]);
        let relays = found.iter().map(|route| match &route.transport {
            Transport::Relay(relay) => relay.to_string(),
            other => panic!("{other:?}"),
        });
        let relays: Vec<String> = relays.collect();
        assert_eq!(relays, ["lmtp:x.example:24, [2001:db8::1]:25", "192.0.2.1:2525", "smart.example:25"]);
    }

    #[test]
    fn a_password_is_read_from_a_file_for_us_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("password");
        let text = format!(
            "[[route]]\nkind = \"smart-host\"\nhosts = [\"a.example\"]\nimplicit-tls = true\nuser = \"u\"\npassword-file = \"{}\"\n",
            file.display()
        );
        let write = |text: &str, mode| {
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
        };
        write("gehe im\r\n", 0o600);
        let found = of_file(&text);
        let Transport::Relay(relay) = &found[0].transport else { panic!() };
        assert_eq!(relay.login.as_ref().unwrap().password.reveal(), "gehe im");
        assert_eq!(
            (relay.tls, relay.to_string().as_str()),
            (TlsRule::Verified, "u at a.example:465 by verified TLS from the first byte")
        );
        assert!(!format!("{found:?}").contains("gehe im"));
        for (content, mode, part) in [
            ("x\n", 0o604, "open to others (mode 0604)"),
            ("\n", 0o600, "one line"),
            ("a\nb\n", 0o600, "one line"),
            (&"x".repeat(1_025), 0o600, "at most 1024 bytes"),
        ] {
            write(content, mode);
            assert!(password(&file).unwrap_err().contains(part), "{content:?}");
        }
        for endless in ["/dev/zero", "/dev"] {
            assert!(password(Path::new(endless)).unwrap_err().contains("not a regular file"), "{endless}");
        }
        fs::remove_file(&file).unwrap();
        assert!(password(&file).unwrap_err().contains("No such file"));
    }
}
