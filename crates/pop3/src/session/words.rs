//! The texts behind `+OK` and `-ERR`, in the languages of LANG (RFC 6856, 3). Response codes stand before them.
use crate::wire::SyntaxError;
use directory::SaslError;
use texts::Language;

/// Every text; a language that lacks one does not compile.
pub(super) struct Words {
    pub(super) greeting: &'static str,
    pub(super) password_please: &'static str,
    pub(super) logged_in: &'static str,
    pub(super) goodbye: &'static str,
    pub(super) done: &'static str,
    pub(super) marked: &'static str,
    pub(super) capabilities: &'static str,
    pub(super) mechanisms: &'static str,
    pub(super) unique_ids: &'static str,
    pub(super) languages: &'static str,
    pub(super) language_set: &'static str,
    pub(super) utf8: &'static str,
    pub(super) begin_tls: &'static str,
    pub(super) tls_first: &'static str,
    pub(super) no_tls_here: &'static str,
    pub(super) user_first: &'static str,
    pub(super) unknown_mechanism: &'static str,
    pub(super) login_cancelled: &'static str,
    pub(super) login_broken: &'static str,
    pub(super) wrong_password: &'static str,
    pub(super) suspended: &'static str,
    pub(super) too_many_sessions: &'static str,
    pub(super) throttled: &'static str,
    pub(super) store_unavailable: &'static str,
    pub(super) no_space: &'static str,
    pub(super) message_gone: &'static str,
    pub(super) message_damaged: &'static str,
    pub(super) no_such_message: &'static str,
    pub(super) unknown_language: &'static str,
    pub(super) unknown_command: &'static str,
    pub(super) bad_bytes: &'static str,
    pub(super) bad_arguments: &'static str,
    pub(super) line_too_long: &'static str,
    pub(super) not_now: &'static str,
    pub(super) too_many_errors: &'static str,
    pub(super) timed_out: &'static str,
    pub(super) revoked: &'static str,
    pub(super) stopping: &'static str,
}

/// The languages of LANG: tag, own name, language.
pub(super) const LANGUAGES: [(&str, &str, Language); 2] =
    [("en", "English", Language::English), ("nl", "Nederlands", Language::Dutch)];

impl Words {
    pub(super) const fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &EN,
            Language::Dutch => &NL,
        }
    }

    pub(super) const fn syntax(&self, error: SyntaxError) -> &'static str {
        match error {
            SyntaxError::Unknown => self.unknown_command,
            SyntaxError::TooLong => self.line_too_long,
            SyntaxError::BadBytes => self.bad_bytes,
            SyntaxError::Arguments => self.bad_arguments,
            SyntaxError::Number => self.no_such_message,
        }
    }

    pub(super) const fn sasl(&self, error: SaslError) -> &'static str {
        match error {
            SaslError::Cancelled => self.login_cancelled,
            SaslError::TooLong => self.line_too_long,
            SaslError::BadBase64 | SaslError::Malformed | SaslError::OtherIdentity => self.login_broken,
        }
    }
}

const EN: Words = Words {
    greeting: "Glaspost POP3 ready",
    password_please: "password, please",
    logged_in: "logged in",
    goodbye: "goodbye",
    done: "done",
    marked: "marked as deleted",
    capabilities: "capabilities follow",
    mechanisms: "mechanisms follow",
    unique_ids: "unique ids follow",
    languages: "languages follow",
    language_set: "en English it is",
    utf8: "UTF-8 it is",
    begin_tls: "begin TLS",
    tls_first: "log in by TLS: set the program to SSL/TLS on port 995",
    no_tls_here: "no TLS on this port; set the program to SSL/TLS on port 995",
    user_first: "USER comes first",
    unknown_mechanism: "mechanism not known",
    login_cancelled: "login cancelled",
    login_broken: "that is no login",
    wrong_password: "[AUTH] wrong name or password",
    suspended: "[SYS/PERM] the account is suspended; please call the service desk",
    too_many_sessions: "[SYS/TEMP] too many sessions of this account; close a program and try again",
    throttled: "[SYS/TEMP] too many wrong passwords; wait a few minutes, then try again",
    store_unavailable: "[SYS/TEMP] mail cannot be reached just now; try again",
    no_space: "[SYS/TEMP] no space just now; try again",
    message_gone: "that message was removed meanwhile",
    message_damaged: "[SYS/PERM] that message is damaged; please call the service desk",
    no_such_message: "no such message",
    unknown_language: "language not known",
    unknown_command: "command not known",
    bad_bytes: "the line holds bytes that are not allowed",
    bad_arguments: "wrong arguments",
    line_too_long: "line too long",
    not_now: "not at this moment",
    too_many_errors: "[SYS/TEMP] too many errors; goodbye",
    timed_out: "[SYS/TEMP] silent too long; goodbye",
    revoked: "[SYS/PERM] the login was taken back; log in again",
    stopping: "[SYS/TEMP] the server stops; try again in a minute",
};

const NL: Words = Words {
    greeting: "Glaspost POP3 gereed",
    password_please: "wachtwoord graag",
    logged_in: "aangemeld",
    goodbye: "tot ziens",
    done: "gedaan",
    marked: "gemarkeerd als verwijderd",
    capabilities: "mogelijkheden volgen",
    mechanisms: "aanmeldwijzen volgen",
    unique_ids: "unieke kenmerken volgen",
    languages: "talen volgen",
    language_set: "nl Nederlands",
    utf8: "UTF-8 staat aan",
    begin_tls: "begin met TLS",
    tls_first: "meld u beveiligd aan: zet uw programma op SSL/TLS, poort 995",
    no_tls_here: "geen TLS op deze poort; zet uw programma op SSL/TLS, poort 995",
    user_first: "eerst USER",
    unknown_mechanism: "onbekende aanmeldwijze",
    login_cancelled: "aanmelden afgebroken",
    login_broken: "dat is geen aanmelding",
    wrong_password: "[AUTH] naam of wachtwoord klopt niet",
    suspended: "[SYS/PERM] het account is geblokkeerd; bel de helpdesk",
    too_many_sessions: "[SYS/TEMP] te veel sessies van dit account; sluit een programma en probeer het opnieuw",
    throttled: "[SYS/TEMP] te vaak een verkeerd wachtwoord; wacht enkele minuten",
    store_unavailable: "[SYS/TEMP] de post is nu niet bereikbaar; probeer het opnieuw",
    no_space: "[SYS/TEMP] nu geen ruimte; probeer het opnieuw",
    message_gone: "dat bericht is intussen verwijderd",
    message_damaged: "[SYS/PERM] dat bericht is beschadigd; bel de helpdesk",
    no_such_message: "dat bericht is er niet",
    unknown_language: "onbekende taal",
    unknown_command: "onbekende opdracht",
    bad_bytes: "de regel bevat tekens die niet mogen",
    bad_arguments: "verkeerde argumenten",
    line_too_long: "regel te lang",
    not_now: "dat kan nu niet",
    too_many_errors: "[SYS/TEMP] te veel fouten; tot ziens",
    timed_out: "[SYS/TEMP] te lang stil; tot ziens",
    revoked: "[SYS/PERM] de aanmelding is ingetrokken; meld u opnieuw aan",
    stopping: "[SYS/TEMP] de server stopt; probeer het over een minuut opnieuw",
};

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6856, 3: the same response codes in every language.
    #[test]
    fn codes_are_the_same() {
        fn code(text: &str) -> &str {
            text.find(']').map_or("", |end| &text[..end])
        }
        for (en, nl) in [
            (EN.wrong_password, NL.wrong_password),
            (EN.suspended, NL.suspended),
            (EN.throttled, NL.throttled),
            (EN.store_unavailable, NL.store_unavailable),
            (EN.message_damaged, NL.message_damaged),
            (EN.stopping, NL.stopping),
        ] {
            assert_eq!(code(en), code(nl));
            assert!(!code(en).is_empty());
        }
    }
}
