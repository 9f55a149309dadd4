//! Nederlands.
use std::borrow::Cow;

/// `text` in Dutch, where it is known.
pub(super) fn said(text: &str) -> Option<Cow<'static, str>> {
    if let Some(whole) = row(text) {
        return Some(Cow::Borrowed(whole));
    }
    if let Some(reason) = text.strip_prefix("not a mailbox name: ") {
        return Some(format!("geen naam van een map: {}", row(reason)?).into());
    }
    if let Some(wait) = text.strip_prefix("too many wrong passwords; try again in ") {
        let wait = wait.replace("second", "seconde").replace("secondes", "seconden");
        return Some(format!("te veel verkeerde wachtwoorden; probeer het over {wait} opnieuw").into());
    }
    let (limit, what) = text.strip_prefix("the limit of ")?.strip_suffix(" is reached")?.split_once(' ')?;
    Some(format!("de grens van {limit} {} is bereikt", row(what)?).into())
}

fn row(text: &str) -> Option<&'static str> {
    let found = TEXTS.binary_search_by(|(english, _)| (*english).cmp(text)).ok()?;
    TEXTS.get(found).map(|(_, dutch)| *dutch)
}

/// English and Dutch, sorted. In ASCII, as some clients expect of every text (RFC 3501, 9).
const TEXTS: &[(&str, &str)] = &[
    ("DONE ends IDLE, nothing else", "alleen DONE maakt een eind aan IDLE"),
    ("INBOX cannot be deleted", "INBOX kan niet worden verwijderd"),
    ("INBOX is always there", "INBOX is er altijd"),
    ("PARTIAL goes with UID FETCH", "PARTIAL hoort bij UID FETCH"),
    ("TLS is not offered here, or is running already", "TLS wordt hier niet aangeboden, of is al bezig"),
    ("UIDs are valid", "UIDs zijn geldig"),
    (
        "VANISHED goes with UID FETCH, once QRESYNC is enabled",
        "VANISHED hoort bij UID FETCH, nadat QRESYNC is aangezet",
    ),
    ("a header beyond ASCII; enable UTF8=ACCEPT first", "kopregels buiten ASCII; zet eerst UTF8=ACCEPT aan"),
    ("a keyword is too long", "een trefwoord is te lang"),
    (
        "a mailbox has one of Archive, Drafts, Junk, Sent and Trash",
        "een map heeft een van Archive, Drafts, Junk, Sent en Trash",
    ),
    ("a mailbox of that name exists", "er is al een map met die naam"),
    ("a mailbox stays in its account", "een map blijft in haar postbus"),
    ("a message has no NUL", "een bericht bevat geen NUL"),
    ("a part is coded in an unknown way", "een deel is op een onbekende manier gecodeerd"),
    ("a part of it is empty", "een deel ervan is leeg"),
    ("a search of that tag is kept up to date", "een zoekopdracht met die tag wordt bijgehouden"),
    ("an empty message cannot be kept", "een leeg bericht kan niet worden bewaard"),
    ("another mailbox has that special use", "een andere map heeft die bestemming al"),
    ("begin TLS now", "begin nu met TLS"),
    ("compress from now on", "vanaf nu wordt gecomprimeerd"),
    ("control characters in it", "er staan besturingstekens in"),
    ("copies of an email", "exemplaren van een bericht"),
    ("done", "gedaan"),
    ("enable QRESYNC first", "zet eerst QRESYNC aan"),
    ("expunges are yet to be told", "verwijderde berichten worden nog gemeld"),
    ("flags that are kept", "vlaggen die worden bewaard"),
    ("go ahead", "ga door"),
    ("goodbye", "tot ziens"),
    ("idling", "wachten"),
    ("keywords", "trefwoorden"),
    ("log in first", "log eerst in"),
    ("logging out", "uitloggen"),
    ("longer than 1,000 bytes", "langer dan 1.000 bytes"),
    ("mailboxes", "mappen"),
    ("messages in a mailbox", "berichten in een map"),
    ("mod-sequences are told from now on", "mod-sequences worden vanaf nu gemeld"),
    ("more than 32 levels", "meer dan 32 niveaus"),
    ("moved", "verplaatst"),
    ("name and password are UTF-8", "naam en wachtwoord zijn UTF-8"),
    ("no account here has that name", "geen postbus hier heeft die naam"),
    ("no language of these is spoken here", "geen van deze talen wordt hier gesproken"),
    ("no search of that tag is kept up to date", "er wordt geen zoekopdracht met die tag bijgehouden"),
    ("no space for mail just now, please try again later", "er is nu geen plaats voor mail, probeer het later opnieuw"),
    ("no such command", "dat commando bestaat niet"),
    ("no such entry", "die aantekening bestaat niet"),
    ("no such mailbox", "die map bestaat niet"),
    ("no such quota root", "die quota root bestaat niet"),
    ("not now", "niet nu"),
    ("not possible just now, please try again later", "dat kan nu even niet, probeer het later opnieuw"),
    ("not possible with INBOX", "dat kan niet met INBOX"),
    ("nothing is shared with everybody here", "hier wordt niets met iedereen gedeeld"),
    ("nothing is told any more", "er wordt niets meer gemeld"),
    ("nothing is told of these any more", "hiervan wordt niets meer gemeld"),
    ("nothing that comes can be read any more", "wat binnenkomt kan niet meer worden gelezen"),
    ("one message takes the place of another", "een bericht komt in de plaats van een ander"),
    (
        "only another message may follow a message, and a part a part",
        "na een bericht mag alleen een ander bericht komen, en na een deel een deel",
    ),
    ("only of the selected mailbox", "alleen van de gekozen map"),
    ("others keep changing it, please try again", "anderen veranderen het telkens, probeer het opnieuw"),
    ("say it by UID, since UIDONLY was enabled", "zeg het met UIDs, want UIDONLY staat aan"),
    ("select a mailbox first", "kies eerst een map"),
    ("send the message", "stuur het bericht"),
    ("so many accounts are not watched at once", "zoveel postbussen worden niet tegelijk gevolgd"),
    ("some had changed before", "sommige waren al veranderd"),
    ("some of the messages are gone", "sommige berichten zijn er niet meer"),
    ("somebody is logged in already", "er is al iemand ingelogd"),
    (
        "something stored cannot be read; the provider knows",
        "iets wat bewaard is kan niet worden gelezen; de provider weet het",
    ),
    ("start TLS first", "begin eerst met TLS"),
    (
        "strings are UTF-8 since UTF8=ACCEPT was enabled; leave CHARSET out",
        "teksten zijn UTF-8 sinds UTF8=ACCEPT aanstaat; laat CHARSET weg",
    ),
    ("subscriptions", "abonnementen"),
    ("such an event is not known", "zo'n gebeurtenis is niet bekend"),
    ("that is all", "dat is alles"),
    ("the account is full", "de postbus is vol"),
    ("the account is suspended; ask your provider", "de postbus is geblokkeerd; vraag het uw provider"),
    ("the first that is not seen", "het eerste dat niet is gelezen"),
    ("the highest mod-sequence", "de hoogste mod-sequence"),
    ("the languages that are spoken here", "de talen die hier worden gesproken"),
    ("the line is too long", "de regel is te lang"),
    ("the literal is too large", "de literal is te groot"),
    ("the login was cancelled", "het inloggen is afgebroken"),
    ("the mailbox is open", "de map is open"),
    ("the mailbox is open for reading", "de map is open om te lezen"),
    ("the mailbox is open for reading only", "de map is alleen open om te lezen"),
    ("the mailbox's id", "het kenmerk van de map"),
    ("the message is gone", "het bericht is er niet meer"),
    ("the message is too large", "het bericht is te groot"),
    ("the message must be a literal", "het bericht moet een literal zijn"),
    ("the new message is there", "het nieuwe bericht is er"),
    ("the next UID", "de volgende UID"),
    ("the previous mailbox is closed", "de vorige map is gesloten"),
    ("the provider sets the limits", "de provider bepaalt de grenzen"),
    ("the search takes too long; please narrow it", "het zoeken duurt te lang; zoek gerichter"),
    ("the server is stopping, please come back in a minute", "de server stopt, kom over een minuut terug"),
    ("the server made a mistake; the provider knows", "de server maakte een fout; de provider weet het"),
    ("the strings cannot be read in that charset", "de teksten kunnen in die tekenset niet worden gelezen"),
    ("the value is too large", "de waarde is te groot"),
    ("there are not so many messages", "zoveel berichten zijn er niet"),
    ("there are too many annotations", "er zijn te veel aantekeningen"),
    ("there is no JMAP here", "JMAP is hier niet"),
    ("there is no mailbox of that name, only mailboxes below it", "er is geen map met die naam, alleen mappen eronder"),
    ("there is no such message", "dat bericht bestaat niet"),
    ("there is nothing to do", "er is niets te doen"),
    ("there was nothing left to do", "er was niets meer te doen"),
    (
        "this URL names no part of a message that you may read",
        "deze URL noemt geen deel van een bericht dat u mag lezen",
    ),
    ("this account has changed, please log in again", "deze postbus is veranderd, log opnieuw in"),
    ("this account is gone", "deze postbus is er niet meer"),
    ("this account logs in by TLS only", "deze postbus logt alleen met TLS in"),
    ("this is told from now on", "dit wordt vanaf nu gemeld"),
    ("this is what is spoken from now on", "zo wordt er vanaf nu gesproken"),
    ("this search is not kept up to date", "deze zoekopdracht wordt niet bijgehouden"),
    ("this way of logging in is not offered", "zo inloggen wordt niet aangeboden"),
    ("too many Message-IDs; please narrow the search", "te veel Message-IDs; zoek gerichter"),
    ("too many URLs", "te veel URL's"),
    ("too many errors", "te veel fouten"),
    ("too many messages at once", "te veel berichten tegelijk"),
    ("too many sessions of this account", "te veel sessies van deze postbus"),
    ("too much has happened; nothing is told any more", "er is te veel gebeurd; er wordt niets meer gemeld"),
    ("welcome", "welkom"),
    ("what a mailbox is for is its owner's affair", "waar een map voor is, bepaalt de eigenaar"),
    ("what all share of the server is the provider's to set", "wat allen van de server delen, bepaalt de provider"),
    ("what we say is compressed already", "wat we zeggen is al gecomprimeerd"),
    ("who is next?", "wie volgt?"),
    ("working", "bezig"),
    ("wrong name or password", "verkeerde naam of verkeerd wachtwoord"),
    ("you are not allowed to do this here", "dat mag u hier niet"),
    ("you were silent for too long", "u was te lang stil"),
    ("your rights have changed", "uw rechten zijn veranderd"),
];

#[cfg(test)]
mod tests;
