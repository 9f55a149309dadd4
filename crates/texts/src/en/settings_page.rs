//! The page of settings.
use crate::settings_page::{
    Columns, HeloCauseWords, HeloWords, Incoming, LoginWords, OldNames, Outgoing, Reasons, SecurityWords, Services,
    SettingsPage, WebmailWords,
};

pub(super) const PAGE: SettingsPage = SettingsPage {
    title: |provider| format!("Set up e-mail of {provider}"),
    heading: "Set up your e-mail",
    intro: |provider| {
        format!("How to set up a mail program or a phone for your e-mail of {provider}. Copy what stands below.")
    },
    languages: "Language",
    columns: Columns {
        service: "Service",
        server: "Server",
        port: "Port",
        security: "Security",
        login: "Login",
        reason: "Why not",
        old_name: "Old name",
        instead: "Better use",
        remark: "Good to know",
    },
    services: Services { smtp: "Sending (SMTP)", imap: "Receiving (IMAP)", pop3: "Receiving (POP3)" },
    security: SecurityWords {
        tls: "SSL/TLS",
        starttls: "STARTTLS",
        none: "none",
        starttls_is_tls: "Some programs just say TLS for STARTTLS.",
    },
    login: LoginWords {
        heading: "Login",
        explained: |provider| {
            format!(
                "Your user name is your whole e-mail address, such as name@{provider}. Your password is the one of your e-mail. They are the same for sending and receiving."
            )
        },
        account: "e-mail address and password",
        none: "not needed",
    },
    recommended: "Set this up",
    discouraged: "Works too, but we advise against it",
    reasons: Reasons {
        password_in_clear: "Not secured: others on the way can read your password and your mail.",
        mail_in_clear: "Not secured: others on the way can read your mail.",
        starttls_is_offered: "This port can be secured: choose STARTTLS.",
        no_tls_here: "This port cannot be secured.",
        own_network_only: "Works on your own line with us only, not on the way or abroad.",
    },
    outgoing: Outgoing {
        heading: "Outgoing mail",
        anywhere: "This way you can send from anywhere, also from abroad, and the connection to us is secured.",
        no_port_465: |security, port| format!("SSL on port 465 is not supported. Choose {security} on port {port}."),
    },
    incoming: Incoming {
        heading: "Incoming mail",
        choice: "With IMAP your mail stays on the server, and all your devices show the same. With POP3 one program fetches the mail. In doubt? Choose IMAP.",
    },
    webmail: WebmailWords {
        heading: "Webmail",
        explained: "You can also read and write your mail in a browser, without a mail program. Log in with your e-mail address and password.",
    },
    old_names: OldNames {
        heading: "Old names of servers",
        intro: "These names still work. Better use the new ones.",
        in_certificate: "The same server. Security works by this name too.",
        not_in_certificate: "The same server, but our certificate does not bear this name, so your program may warn you. With the new name it does not.",
        same_server: "The same server.",
        other_server: "Another server, with other rules: no login, no security, and on your own line with us only.",
    },
    helo: HeloWords {
        heading: "Sending is refused with “Bad HELO”",
        intro: |server| {
            format!(
                "When it sends, your program tells the name of your computer. The server {server} is strict about that. It refuses a name that cannot exist."
            )
        },
        causes: "Two causes that we know:",
        says: "The server says",
        fix: "What helps",
        localhost: HeloCauseWords {
            title: "The name is “localhost”",
            cause: "Your program calls itself “localhost”, as every computer does; we refuse that.",
            fixes: |good| {
                vec![format!(
                    "Seen with Claws Mail on Windows. Open the account's preferences, choose Send, switch on “Set domain name” and fill in {good}."
                )]
            },
        },
        character: HeloCauseWords {
            title: "The name has a character that is not allowed",
            cause: "Your computer's name has a character that is not allowed, often an underscore (_). Letters, digits and hyphens (-) are allowed.",
            fixes: |good| {
                vec![
                    format!(
                        "Seen with Linux. Give the computer another name with “sudo hostnamectl set-hostname {good}” and log in anew."
                    ),
                    format!(
                        "On Windows: open Settings, System, About, choose “Rename this PC”, type for instance {good} and restart."
                    ),
                ]
            },
        },
    },
    origin: "This page comes from the settings of the server itself.",
    address: "This page:",
};
