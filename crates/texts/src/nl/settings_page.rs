//! De pagina met instellingen.
use crate::settings_page::{
    Columns, HeloCauseWords, HeloWords, Incoming, LoginWords, OldNames, Outgoing, Reasons, SecurityWords, Services,
    SettingsPage, WebmailWords,
};

pub(super) const PAGE: SettingsPage = SettingsPage {
    title: |provider| format!("E-mail instellen bij {provider}"),
    heading: "E-mail instellen",
    intro: |provider| {
        format!(
            "Zo stelt u een mailprogramma of telefoon in voor uw e-mail van {provider}. Neem over wat hieronder staat."
        )
    },
    languages: "Taal",
    columns: Columns {
        service: "Soort",
        server: "Server",
        port: "Poort",
        security: "Beveiliging",
        login: "Inloggen",
        reason: "Waarom niet",
        old_name: "Oude naam",
        instead: "Gebruik liever",
        remark: "Goed om te weten",
    },
    services: Services { smtp: "Versturen (SMTP)", imap: "Ontvangen (IMAP)", pop3: "Ontvangen (POP3)" },
    security: SecurityWords {
        tls: "SSL/TLS",
        starttls: "STARTTLS",
        none: "geen",
        starttls_is_tls: "Sommige programma's noemen STARTTLS gewoon TLS.",
    },
    login: LoginWords {
        heading: "Inloggen",
        explained: |provider| {
            format!(
                "Uw gebruikersnaam is uw hele e-mailadres, zoals naam@{provider}. Uw wachtwoord is dat van uw e-mail. Ze zijn voor versturen en ontvangen hetzelfde."
            )
        },
        account: "e-mailadres en wachtwoord",
        none: "niet nodig",
    },
    recommended: "Stel dit in",
    discouraged: "Werkt ook, maar wij raden het af",
    reasons: Reasons {
        password_in_clear: "Niet beveiligd: onderweg kunnen anderen uw wachtwoord en uw mail lezen.",
        mail_in_clear: "Niet beveiligd: onderweg kunnen anderen uw mail lezen.",
        starttls_is_offered: "Op deze poort kan het veilig: kies STARTTLS.",
        no_tls_here: "Op deze poort is geen beveiliging mogelijk.",
        own_network_only: "Werkt alleen op uw eigen aansluiting bij ons, niet onderweg of in het buitenland.",
    },
    outgoing: Outgoing {
        heading: "Uitgaande mail",
        anywhere: "Zo kunt u overal versturen, ook in het buitenland, en is de verbinding met ons beveiligd.",
        no_port_465: |security, port| {
            format!("SSL op poort 465 wordt niet ondersteund. Kies {security} op poort {port}.")
        },
    },
    incoming: Incoming {
        heading: "Inkomende mail",
        choice: "Met IMAP blijft uw mail op de server en ziet u op al uw toestellen hetzelfde. Met POP3 haalt één programma de mail op. Twijfelt u? Kies IMAP.",
    },
    webmail: WebmailWords {
        heading: "Webmail",
        explained: "U kunt uw mail ook in een browser lezen en schrijven, zonder mailprogramma. Log in met uw e-mailadres en wachtwoord.",
    },
    old_names: OldNames {
        heading: "Oude namen van servers",
        intro: "Deze namen werken nog. Gebruik liever de nieuwe.",
        in_certificate: "Dezelfde server. Beveiliging werkt ook met deze naam.",
        not_in_certificate: "Dezelfde server, maar ons certificaat draagt deze naam niet. Uw programma kan daarom waarschuwen. Met de nieuwe naam gebeurt dat niet.",
        same_server: "Dezelfde server.",
        other_server: "Een andere server, met andere regels: zonder inloggen, zonder beveiliging, en alleen op uw eigen aansluiting bij ons.",
    },
    helo: HeloWords {
        heading: "Versturen geweigerd met “Bad HELO”",
        intro: |server| {
            format!(
                "Bij het versturen noemt uw programma de naam van uw computer. De server {server} is daar streng op. Een naam die niet kan bestaan weigert hij."
            )
        },
        causes: "Twee oorzaken die wij kennen:",
        says: "De server zegt",
        fix: "Wat helpt",
        localhost: HeloCauseWords {
            title: "De naam is “localhost”",
            cause: "Uw mailprogramma noemt zich “localhost”. Zo heet elke computer; wij weigeren dat.",
            fixes: |good| {
                vec![format!(
                    "Gezien bij Claws Mail op Windows. Open de voorkeuren van het account, kies Verzenden, zet “Domeinnaam instellen” aan en vul {good} in."
                )]
            },
        },
        character: HeloCauseWords {
            title: "In de naam staat een teken dat niet mag",
            cause: "De naam van uw computer bevat een teken dat niet mag, vaak een laag streepje (_). Letters, cijfers en koppeltekens (-) mogen.",
            fixes: |good| {
                vec![
                    format!(
                        "Gezien bij Linux. Geef de computer een andere naam met “sudo hostnamectl set-hostname {good}” en log opnieuw in."
                    ),
                    format!(
                        "Op Windows: open Instellingen, Systeem, Info, kies “Naam van deze pc wijzigen”, typ bijvoorbeeld {good} en start opnieuw op."
                    ),
                ]
            },
        },
    },
    origin: "Deze pagina komt uit de instellingen van de server zelf.",
    address: "Deze pagina:",
};
