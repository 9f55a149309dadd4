//! By which way mail leaves: the routes, and what does not go together in one.
use super::field::section;
use super::listener::Listener;
use super::read::{Fault, nearest};
use crate::serve::doors::listener_names;
use delivery::{NextHop, Pattern, SenderPattern, TlsRule};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;

/// The most routes.
const MOST: usize = 1_000;
/// The most hosts of one, or domains, or listeners.
const MOST_NAMED: usize = 1_000;
/// The longest text of a refusal: a line of SMTP has 512 bytes (RFC 5321, 4.5.3.1.5).
const LONGEST_TEXT: usize = 400;
/// What the journal calls mail that an operator has rerouted.
const BY_HAND: &str = "by hand";

/// What becomes of mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RouteKind {
    Mx,
    SmartHost,
    Lmtp,
    Discard,
    Refuse,
}

impl fmt::Display for RouteKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mx => "mx",
            Self::SmartHost => "smart-host",
            Self::Lmtp => "lmtp",
            Self::Discard => "discard",
            Self::Refuse => "refuse",
        })
    }
}

/// A host as the file has it, with a port or without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct RouteHost(String);

impl RouteHost {
    /// The host; this port where the file has none.
    pub(crate) fn hop(&self, port: u16) -> Result<NextHop, delivery::NextHopError> {
        NextHop::read(&self.0, port)
    }
}

impl TryFrom<String> for RouteHost {
    type Error = delivery::NextHopError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        NextHop::read(&text, 1)?;
        Ok(Self(text))
    }
}

impl From<RouteHost> for String {
    fn from(host: RouteHost) -> Self {
        host.0
    }
}

section! {
    /// A way for some mail. Of the routes as they stand here, the first one that fits has it: every setting of the next three
    /// that is there must fit. Mail that no route fits goes to the servers of the recipient's domain. They are asked at each
    /// attempt; a change is in force at a reload, for what waits too.
    Route {
        /// Its name in the journal and the log. Default: `route` and its number.
        name: Option<String> = None;
        /// The recipient's domain, such as `["example.org", ".example.org"]`: with a dot in front all below it, `*` for all.
        /// Mail for people of a domain here goes by a route only where it stands here by name, or below one that does.
        recipient_domains: Vec<Pattern> = Vec::new();
        /// The sender's domain, likewise; `<>` is the null sender of reports.
        sender_domains: Vec<SenderPattern> = Vec::new();
        /// The listener that took the message, by its name.
        listeners: Vec<String> = Vec::new();
        /// What becomes of it: `mx` (to the domain's own servers), `smart-host`, `lmtp`, `discard` (taken, told of in the
        /// journal, gone) or `refuse`.
        kind: RouteKind = RouteKind::Mx;
        /// The hosts of `smart-host` or `lmtp`, tried in their order: `relay.example.net`, `relay.example.net:587`,
        /// `192.0.2.1`, `[2001:db8::1]:2525`. Their addresses are looked up, not their MX records. The port is 25, 465 with
        /// `implicit-tls`, 24 for `lmtp`.
        hosts: Vec<RouteHost> = Vec::new();
        /// A Unix socket, instead of hosts (`lmtp`).
        socket: Option<PathBuf> = None;
        /// TLS to the hosts: `verified` (with a certificate for the host, of one of `queue.authorities`), `required` (with
        /// any), `opportunistic` (where it is offered; TLSA records of the host are heeded) or `off`. Default: `verified` with
        /// `user` or `implicit-tls`, else `opportunistic`.
        tls: Option<TlsRule> = None;
        /// Whether TLS runs from the first byte, without STARTTLS.
        implicit_tls: bool = false;
        /// The name of our login at the hosts (PLAIN or LOGIN).
        user: Option<String> = None;
        /// The file with its password, on one line. It must not be readable by others.
        password_file: Option<PathBuf> = None;
        /// Whether the password may cross the network in clear.
        login_without_tls: bool = false;
        /// Whether the password may go to whoever answers in the name of the host: `tls = "required"` takes any certificate.
        login_without_verification: bool = false;
        /// What who is refused reads, behind `550 5.7.1` (`refuse`).
        text: Option<String> = None;
    }
}

impl Route {
    /// Its name: its own, or one by its place, from 0.
    pub(crate) fn name_at(&self, at: usize) -> String {
        self.name.clone().unwrap_or_else(|| format!("route {}", at + 1))
    }

    /// What is asked of TLS.
    pub(crate) fn tls_rule(&self) -> TlsRule {
        let safe = self.user.is_some() || self.implicit_tls;
        self.tls.unwrap_or(if safe { TlsRule::Verified } else { TlsRule::Opportunistic })
    }

    /// The port of hosts that name none.
    pub(crate) const fn port(&self) -> u16 {
        match self.kind {
            RouteKind::Lmtp => 24,
            _ if self.implicit_tls => 465,
            _ => 25,
        }
    }

    /// Whether every message fits.
    fn takes_all(&self) -> bool {
        let all = |patterns: &[Pattern]| patterns.is_empty() || patterns.contains(&Pattern::All);
        let any = self.sender_domains.is_empty() || self.sender_domains.contains(&SenderPattern::At(Pattern::All));
        all(&self.recipient_domains) && any && self.listeners.is_empty()
    }
}

/// What is wrong with the routes, each fault at its route, of which `places` has line and column.
pub(super) fn faults(
    routes: &[Route],
    listeners: &[Listener],
    max_hosts: usize,
    places: &[(usize, usize)],
) -> Vec<Fault> {
    let mut found = Vec::new();
    let mut wrong = |at: usize, message: String| {
        let name = routes.get(at).map_or_else(String::new, |route| route.name_at(at));
        let message = format!("[[route]] {name}: {message}");
        found.push(Fault { place: places.get(at).copied(), message });
    };
    let listeners = listener_names(listeners);
    for (at, route) in routes.iter().enumerate() {
        if at == MOST {
            wrong(at, format!("there are more than {MOST} routes; one may name many domains"));
            break;
        }
        route_faults(route).into_iter().for_each(|message| wrong(at, message));
        let name = route.name_at(at);
        let before = routes.get(..at).unwrap_or_default();
        if name == BY_HAND || name.is_empty() || before.iter().enumerate().any(|(at, other)| other.name_at(at) == name)
        {
            wrong(at, "it needs a `name` of its own".to_owned());
        }
        if route.hosts.len() > max_hosts {
            wrong(at, format!("`hosts`: at most {max_hosts} are tried (`queue.max-hosts`)"));
        }
        for unknown in route.listeners.iter().filter(|name| !listeners.contains(name)) {
            let hint = nearest(unknown, listeners.iter().cloned());
            let hint = hint.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            wrong(at, format!("`listeners`: no [[listener]] is called `{unknown}`{hint}"));
        }
        if let Some(all) = before.iter().position(Route::takes_all) {
            let name = routes.get(all).map_or_else(String::new, |route| route.name_at(all));
            wrong(at, format!("no mail comes so far: {name} takes all before it; put this one in front"));
        }
    }
    found
}

/// What does not go together in one route.
fn route_faults(route: &Route) -> Vec<String> {
    let mut faults = Vec::new();
    let mut wrong = |message: &str| faults.push(message.to_owned());
    let kind = route.kind;
    let relays = matches!(kind, RouteKind::SmartHost | RouteKind::Lmtp);
    let about_hosts = [
        ("hosts", !route.hosts.is_empty()),
        ("socket", route.socket.is_some()),
        ("tls", route.tls.is_some()),
        ("implicit-tls", route.implicit_tls),
        ("user", route.user.is_some()),
        ("password-file", route.password_file.is_some()),
        ("login-without-tls", route.login_without_tls),
        ("login-without-verification", route.login_without_verification),
    ];
    if !relays {
        for (name, _) in about_hosts.iter().filter(|(_, set)| *set) {
            wrong(&format!("`{name}` is for `smart-host` and `lmtp`, not for `{kind}`"));
        }
    } else if let Some(socket) = &route.socket {
        if kind != RouteKind::Lmtp {
            wrong("only `lmtp` has a `socket`");
        }
        if !socket.is_absolute() {
            wrong("`socket`: name it from `/` on");
        }
        for (name, _) in about_hosts.iter().filter(|(name, set)| *set && *name != "socket") {
            wrong(&format!("`{name}` does not go with a `socket`"));
        }
    } else if route.hosts.is_empty() {
        wrong(&format!("`hosts` is missing: who takes the mail, such as `[\"relay.example.net:{}\"]`", route.port()));
    }
    if route.user.is_some() != route.password_file.is_some() {
        wrong("a login needs both `user` and `password-file`");
    }
    if route.user.as_ref().is_some_and(|user| user.is_empty() || user.chars().any(char::is_control)) {
        wrong("`user`: it is empty, or has a control character");
    }
    let weak = matches!(route.tls_rule(), TlsRule::Off | TlsRule::Opportunistic);
    if weak && route.user.is_some() && !route.login_without_tls {
        wrong("the password could cross the network in clear: leave `tls` out, or set `login-without-tls = true`");
    }
    let unverified = route.tls_rule() == TlsRule::Required && !route.login_without_verification;
    if unverified && route.user.is_some() {
        wrong(
            "the password would go to whoever stands between, with any certificate: leave `tls` out, or set \
             `login-without-verification = true`",
        );
    }
    if weak && route.implicit_tls {
        wrong("`implicit-tls` goes with `tls = \"verified\"` or `\"required\"`");
    }
    match (&route.text, kind) {
        (Some(_), RouteKind::Mx | RouteKind::SmartHost | RouteKind::Lmtp | RouteKind::Discard) => {
            wrong("`text` is for `refuse`");
        }
        (None, RouteKind::Refuse) => wrong("`text` is missing: what who is refused reads"),
        (Some(text), RouteKind::Refuse) if !is_reply(text) => {
            wrong(&format!("`text`: 1 to {LONGEST_TEXT} printable ASCII characters on one line"));
        }
        (Some(_) | None, _) => {}
    }
    let named = [route.recipient_domains.len(), route.sender_domains.len(), route.listeners.len(), route.hosts.len()];
    if named.iter().any(|count| *count > MOST_NAMED) {
        wrong(&format!("it names more than {MOST_NAMED} domains, listeners or hosts; make several routes"));
    }
    faults
}

/// Whether a text can stand in a reply (RFC 5321, 4.2).
fn is_reply(text: &str) -> bool {
    (1..=LONGEST_TEXT).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    fn told(routes: &str) -> Vec<String> {
        let text = format!(
            "host-name = \"mx.example.org\"\ndefault-domain = \"example.org\"\n\
             [[listener]]\nservice = \"mx\"\naddress = [\"127.0.0.1:25\"]\n{routes}"
        );
        let faults = parse(&text).err().unwrap_or_default();
        faults.iter().map(|fault| fault.in_file(std::path::Path::new("f")).to_string()).collect()
    }

    #[test]
    fn what_does_not_go_together_is_told_with_its_line() {
        let long = format!("kind = \"refuse\"\ntext = \"{}\"", "x".repeat(401));
        for (route, line) in [
            ("kind = \"smarthost\"", "f:7:8: `kind`: unknown variant `smarthost`, expected one of `mx`, `smart-host`"),
            (
                "recipient-domain = []",
                "f:7:1: unknown setting `recipient-domain` in [[route]]; did you mean `recipient-domains`?",
            ),
            ("recipient-domains = [\"a@b.nl\"]", "f:7:21: `recipient-domains`: `a@b.nl` is no domain"),
            ("kind = \"lmtp\"\nhosts = [\"a b\"]", "f:8:9: `hosts`: `a b` is no host"),
            ("kind = \"smart-host\"", "f:6:1: [[route]] route 1: `hosts` is missing"),
            ("hosts = [\"a.nl\"]", "f:6:1: [[route]] route 1: `hosts` is for `smart-host` and `lmtp`, not for `mx`"),
            ("kind = \"smart-host\"\nsocket = \"/run/x\"", "only `lmtp` has a `socket`"),
            ("kind = \"lmtp\"\nsocket = \"run/x\"", "from `/` on"),
            ("kind = \"lmtp\"\nsocket = \"/run/x\"\ntls = \"off\"", "`tls` does not go with a `socket`"),
            ("kind = \"smart-host\"\nhosts = [\"a.nl\"]\nuser = \"u\"", "both `user` and `password-file`"),
            (
                "kind = \"smart-host\"\nhosts = [\"a.nl\"]\nuser = \"u\"\npassword-file = \"/p\"\ntls = \"opportunistic\"",
                "in clear",
            ),
            (
                "kind = \"smart-host\"\nhosts = [\"a.nl\"]\nuser = \"u\"\npassword-file = \"/p\"\ntls = \"required\"",
                "whoever stands between",
            ),
            ("hosts = [\"a.nl\"]\nlogin-without-verification = true", "`login-without-verification` is for"),
            (
                "kind = \"smart-host\"\nhosts = [\"a.nl\"]\nimplicit-tls = true\ntls = \"off\"",
                "`implicit-tls` goes with",
            ),
            ("kind = \"refuse\"", "`text` is missing"),
            ("kind = \"refuse\"\ntext = \"a\\r\\nb\"", "printable ASCII"),
            (long.as_str(), "1 to 400"),
            ("kind = \"discard\"\ntext = \"x\"", "`text` is for `refuse`"),
            ("name = \"by hand\"", "a `name` of its own"),
            ("listeners = [\"mxx\"]", "no [[listener]] is called `mxx`; did you mean `mx`?"),
            (
                "kind = \"discard\"\n[[route]]\nname = \"late\"",
                "f:8:1: [[route]] late: no mail comes so far: route 1 takes all",
            ),
            ("name = \"a\"\nlisteners = [\"mx\"]\n[[route]]\nname = \"a\"", "f:9:1: [[route]] a: it needs a `name`"),
        ] {
            let told = told(&format!("[[route]]\n{route}\n"));
            assert!(told.iter().any(|fault| fault.contains(line)), "{route}: {told:?}");
        }
    }

    #[test]
    fn a_login_at_a_host_that_is_not_verified_is_asked_for_by_name() {
        let route = "[[route]]\nkind = \"smart-host\"\nhosts = [\"a.nl\"]\nuser = \"u\"\npassword-file = \"/p\"\n";
        let allowed = format!("{route}tls = \"required\"\nlogin-without-verification = true\n");
        assert_eq!([told(route), told(&allowed)], [Vec::<String>::new(), Vec::new()]);
    }

    #[test]
    fn no_more_hosts_are_named_than_are_tried() {
        let hosts = |n: usize| (0..n).map(|n| format!("\"h{n}.nl\"")).collect::<Vec<_>>().join(", ");
        let route = |n| format!("[[route]]\nkind = \"smart-host\"\nhosts = [{}]\n", hosts(n));
        assert_eq!(told(&route(10)), Vec::<String>::new());
        assert!(told(&route(11))[0].contains("at most 10 are tried"));
        assert_eq!(told(&format!("[queue]\nmax-hosts = 11\n{}", route(11))), Vec::<String>::new());
    }

    #[test]
    fn there_are_so_many_and_no_more() {
        let route = |n: usize| format!("[[route]]\nname = \"r{n}\"\nlisteners = [\"mx\"]\n");
        let routes: String = (0..1_000).map(route).collect();
        assert_eq!(told(&routes), Vec::<String>::new());
        assert!(told(&format!("{routes}{}", route(1_000)))[0].contains("more than 1000 routes"));
        let domains: Vec<String> = (0..1_001).map(|n| format!("\"d{n}.nl\"")).collect();
        let told = told(&format!("[[route]]\nrecipient-domains = [{}]\n", domains.join(", ")));
        assert!(told[0].contains("more than 1000 domains"), "{told:?}");
    }
}
