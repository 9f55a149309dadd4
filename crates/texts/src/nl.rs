//! Nederlands.
mod settings_page;

use crate::texts::{Forwarding, Meanings, Notice, Report, Texts, Vacation};

pub(crate) static TEXTS: Texts = Texts {
    name: "Nederlands",
    settings_page: settings_page::PAGE,
    report: Report {
        failed_subject: "Uw bericht is niet bezorgd",
        delayed_subject: "Uw bericht is vertraagd",
        delivered_subject: "Uw bericht is bezorgd",
        opening: |server| {
            format!("Dit is een melding van de mailserver {server} over een bericht dat u hebt verstuurd.")
        },
        failed: "Het kon niet worden bezorgd bij:",
        delayed: "Het kon nog niet worden bezorgd, en wordt opnieuw geprobeerd, bij:",
        delivered: "Het ligt in de postbus van:",
        relayed: "Het is overgedragen aan de mailserver van de ontvanger, die zelf geen melding stuurt:",
        expanded: "Het is doorgegeven aan iedereen voor wie dit adres staat:",
        until: |date| format!("We blijven het proberen tot {date}. U hoeft het niet opnieuw te versturen."),
        words: |server, words| format!("De mailserver {server} zei: {words}"),
        whole: "Uw bericht is bijgevoegd.",
        headers: "De kopregels van uw bericht zijn bijgevoegd.",
        meaning: Meanings {
            no_such_address: "Niemand heeft dit adres. Controleer de spelling.",
            no_such_domain: "Het deel achter de @ bestaat niet of ontvangt geen mail. Controleer de spelling.",
            mailbox_closed: "Deze postbus is gesloten. Probeer de ontvanger op een andere manier te bereiken.",
            mailbox_full: "De postbus van de ontvanger is vol. Probeer het later, of bereik de ontvanger op een andere manier.",
            too_large: "Het bericht is te groot voor de ontvanger. Verstuur het zonder bijlagen, of in delen.",
            unreachable: "De mailserver van de ontvanger antwoordt niet.",
            no_server: "Voor het deel achter de @ is op internet geen mailserver te vinden. Controleer de spelling; klopt die, dan kan alleen de beheerder van dat domein dit herstellen.",
            circle: "Het bericht ging rond in een kring. De mail van de ontvanger wordt naar zichzelf doorgestuurd.",
            time_up: "Het is dagenlang zonder succes geprobeerd. Controleer het adres, of bereik de ontvanger op een andere manier.",
            no_eight_bit: "De mailserver van de ontvanger neemt alleen eenvoudige tekens aan, en dit bericht kan daarvoor niet worden omgezet. Verstuur het zonder handtekening of versleuteling, of als bijlage.",
            no_utf8: "In een adres of in de kopregels staan letters die de mailserver van de ontvanger niet kan lezen. Schrijf het onderwerp zonder zulke letters, of vraag de ontvanger om een ander adres.",
            not_wanted: "De mailserver van de ontvanger wil dit bericht niet. De reden die hij geeft staat hieronder.",
            other: "De mailserver van de ontvanger kon het bericht niet aannemen.",
        },
    },
    vacation: Vacation {
        subject: |subject| format!("Automatisch antwoord: {subject}"),
        text: "Ik ben afwezig en lees uw bericht wanneer ik terug ben.\n",
    },
    notice: Notice {
        subject: |subject| format!("Gelezen: {subject}"),
        text: "Uw bericht is ontvangen door het mailprogramma van de lezer. Dat zegt niet dat het gelezen of begrepen is.\n",
    },
    forwarding: Forwarding {
        on_subject: "Uw mail wordt doorgestuurd",
        off_subject: "Uw mail wordt niet meer doorgestuurd",
        on: |account| format!("De mail voor {account} wordt vanaf nu doorgestuurd naar:"),
        off: |account| format!("De mail voor {account} wordt vanaf nu niet meer doorgestuurd."),
        copy: "Een kopie blijft in deze postbus.",
        no_copy: "In deze postbus blijft geen kopie.",
        not_you: "Hebt u dit niet zelf ingesteld? Stel dan in de webmail een ander wachtwoord in, zet het doorsturen uit en neem contact op met uw provider.",
    },
};
