//! The words of the page of settings: what a customer fills in, what he had better not, and why sending is refused.
//! They are written to be read aloud on the telephone: short sentences, the customer's own words.

/// The words of the page, in its order.
#[derive(Debug)]
pub struct SettingsPage {
    /// Its title, given the provider's domain.
    pub title: fn(provider: &str) -> String,
    /// The heading.
    pub heading: &'static str,
    /// What the page is for, given the provider's domain.
    pub intro: fn(provider: &str) -> String,
    /// What the list of languages is called, for those who do not see it.
    pub languages: &'static str,
    /// Headings of the table's columns.
    pub columns: Columns,
    /// Kinds of service.
    pub services: Services,
    /// How a connection is secured.
    pub security: SecurityWords,
    /// How one logs in.
    pub login: LoginWords,
    /// Above the ways that are recommended.
    pub recommended: &'static str,
    /// Above the ways that work and are discouraged.
    pub discouraged: &'static str,
    /// Why.
    pub reasons: Reasons,
    /// The part about sending.
    pub outgoing: Outgoing,
    /// The part about receiving.
    pub incoming: Incoming,
    /// The part about the webmail.
    pub webmail: WebmailWords,
    /// The part about old names.
    pub old_names: OldNames,
    /// The part about refused names of computers.
    pub helo: HeloWords,
    /// Where the page comes from.
    pub origin: &'static str,
    /// Before the page's own address, where it is printed elsewhere.
    pub address: &'static str,
}

/// Headings of columns.
#[derive(Debug)]
pub struct Columns {
    /// The kind of service.
    pub service: &'static str,
    /// The name of the server.
    pub server: &'static str,
    /// The port.
    pub port: &'static str,
    /// How the connection is secured.
    pub security: &'static str,
    /// How one logs in.
    pub login: &'static str,
    /// Why it is discouraged.
    pub reason: &'static str,
    /// An old name.
    pub old_name: &'static str,
    /// The name to use in its place.
    pub instead: &'static str,
    /// What one should know of it.
    pub remark: &'static str,
}

/// Kinds of service, with a word for those who do not know the letters.
#[derive(Debug)]
pub struct Services {
    /// SMTP.
    pub smtp: &'static str,
    /// IMAP.
    pub imap: &'static str,
    /// POP3.
    pub pop3: &'static str,
}

/// How a connection is secured, in the words of mail programs.
#[derive(Debug)]
pub struct SecurityWords {
    /// TLS from the first byte.
    pub tls: &'static str,
    /// STARTTLS.
    pub starttls: &'static str,
    /// No TLS.
    pub none: &'static str,
    /// That programs call STARTTLS otherwise.
    pub starttls_is_tls: &'static str,
}

/// How one logs in.
#[derive(Debug)]
pub struct LoginWords {
    /// The heading.
    pub heading: &'static str,
    /// What the login and the password are, given the provider's domain.
    pub explained: fn(provider: &str) -> String,
    /// With those of the account, in a cell.
    pub account: &'static str,
    /// Not at all, in a cell.
    pub none: &'static str,
}

/// Why a way is discouraged.
#[derive(Debug)]
pub struct Reasons {
    /// Others can read the password and the mail.
    pub password_in_clear: &'static str,
    /// Others can read the mail.
    pub mail_in_clear: &'static str,
    /// The port offers STARTTLS.
    pub starttls_is_offered: &'static str,
    /// The port offers no TLS.
    pub no_tls_here: &'static str,
    /// It works on the provider's own line alone.
    pub own_network_only: &'static str,
}

/// The part about sending.
#[derive(Debug)]
pub struct Outgoing {
    /// The heading.
    pub heading: &'static str,
    /// That it works anywhere, and is secured.
    pub anywhere: &'static str,
    /// That port 465 is not there, given the security and the port to choose.
    pub no_port_465: fn(security: &str, port: u16) -> String,
}

/// The part about receiving.
#[derive(Debug)]
pub struct Incoming {
    /// The heading.
    pub heading: &'static str,
    /// How IMAP and POP3 differ.
    pub choice: &'static str,
}

/// The part about the webmail.
#[derive(Debug)]
pub struct WebmailWords {
    /// The heading.
    pub heading: &'static str,
    /// What it is, and how one logs in; its address stands below.
    pub explained: &'static str,
}

/// The part about old names.
#[derive(Debug)]
pub struct OldNames {
    /// The heading.
    pub heading: &'static str,
    /// What to do about them.
    pub intro: &'static str,
    /// The certificate bears the name.
    pub in_certificate: &'static str,
    /// The certificate does not.
    pub not_in_certificate: &'static str,
    /// Without TLS, or where nothing is known of the certificate.
    pub same_server: &'static str,
    /// The name of the relay.
    pub other_server: &'static str,
}

/// The part about refused names of computers.
#[derive(Debug)]
pub struct HeloWords {
    /// The heading.
    pub heading: &'static str,
    /// What happens, given the name of the server.
    pub intro: fn(server: &str) -> String,
    /// Above the causes.
    pub causes: &'static str,
    /// What the server says.
    pub says: &'static str,
    /// What to do.
    pub fix: &'static str,
    /// The program calls itself localhost.
    pub localhost: HeloCauseWords,
    /// The computer's name has a character that is not allowed.
    pub character: HeloCauseWords,
}

/// A cause, and what to do about it.
#[derive(Debug)]
pub struct HeloCauseWords {
    /// In a few words.
    pub title: &'static str,
    /// In plain words.
    pub cause: &'static str,
    /// Where it was seen, and what helped there: a line each, given a name that is good.
    pub fixes: fn(good: &str) -> Vec<String>,
}
