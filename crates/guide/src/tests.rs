//! From doors to a guide, and from a guide to words.
mod looks;

use crate::{Door, Frame, Guide, LeadsTo, Login, Open, Protocol, Reason, Security, Service, Sheet, Spoken};
use names::Domain;
use std::collections::BTreeSet;
use texts::Language;

fn domain(name: &str) -> Domain {
    name.parse().unwrap()
}

fn door(service: Service, names: &[&str], port: u16, security: Security, login_without_tls: bool) -> Door {
    let names = names.iter().map(|name| domain(name)).collect();
    Door { service, names, ports: BTreeSet::from([port]), security, login_without_tls }
}

/// The doors of the page of settings that started it all.
fn open() -> Open {
    let pop = ["pop3.provider.nl", "pop.oud.nl"];
    let imap = ["imap.provider.nl", "imap.oud.nl"];
    Open {
        provider: domain("provider.nl"),
        name: None,
        doors: vec![
            door(Service::Submission, &["smtp.provider.nl"], 587, Security::Starttls, false),
            Door {
                ports: BTreeSet::from([25, 587]),
                ..door(Service::Relay, &["smtp.oud.nl"], 25, Security::None, false)
            },
            door(Service::Pop3, &pop, 995, Security::Tls, false),
            door(Service::Pop3, &pop, 110, Security::None, true),
            door(Service::Imap, &imap, 143, Security::Starttls, true),
            door(Service::Imap, &imap, 993, Security::Tls, false),
            door(Service::Pages, &["mta-sts.provider.nl", "webmail.provider.nl"], 443, Security::Tls, false),
        ],
        certified: Some(["smtp.provider.nl", "pop.oud.nl"].into_iter().map(domain).collect()),
        bad_helo: Some(|name| format!("550 Bad HELO: {name} does not exist")),
        page: "/settings",
        webmail: Some("/"),
    }
}

/// A way in one line.
fn lines(ways: &[crate::Way]) -> Vec<String> {
    ways.iter()
        .map(|way| {
            let good = if way.is_recommended() { "+" } else { "-" };
            format!("{good} {:?} {}:{} {:?} {:?}", way.protocol, way.server, way.port, way.security, way.discouraged)
        })
        .collect()
}

#[test]
fn the_page_of_settings_line_by_line() {
    let guide = Guide::new(&open());
    assert_eq!(
        lines(&guide.outgoing),
        [
            "+ Smtp smtp.provider.nl:587 Starttls []",
            "- Smtp smtp.oud.nl:25 None [MailInClear, OwnNetworkOnly]",
            "- Smtp smtp.oud.nl:587 None [MailInClear, OwnNetworkOnly]",
        ]
    );
    assert_eq!(
        lines(&guide.incoming),
        [
            "+ Imap imap.provider.nl:993 Tls []",
            "+ Imap imap.provider.nl:143 Starttls []",
            "+ Pop3 pop3.provider.nl:995 Tls []",
            "- Imap imap.provider.nl:143 None [PasswordInClear, StarttlsIsOffered]",
            "- Pop3 pop3.provider.nl:110 None [PasswordInClear, NoTlsHere]",
        ]
    );
    assert!(guide.no_port_465);
    assert_eq!(guide.page.as_deref(), Some("https://webmail.provider.nl/settings"));
    assert_eq!(guide.webmail.as_deref(), Some("https://webmail.provider.nl/"));
    let old: Vec<_> =
        guide.old_names.iter().map(|old| (old.name.as_str(), old.instead.clone(), old.leads_to)).collect();
    assert_eq!(
        old,
        [
            ("smtp.oud.nl", Some(domain("smtp.provider.nl")), LeadsTo::Relay),
            ("imap.oud.nl", Some(domain("imap.provider.nl")), LeadsTo::SameServerNotInCertificate),
            ("pop.oud.nl", Some(domain("pop3.provider.nl")), LeadsTo::SameServerInCertificate),
        ]
    );
    let helo = guide.helo.unwrap();
    assert_eq!(helo.server, domain("smtp.provider.nl"));
    assert_eq!(helo.causes[0].reply, "550 Bad HELO: localhost does not exist");
    assert_eq!((helo.causes[0].good.as_str(), helo.causes[1].good.as_str()), ("provider.nl", "jan-pc"));
    assert_eq!(helo.causes[1].reply, "550 Bad HELO: jan_pc does not exist");
}

#[test]
fn a_door_opens_the_ways_that_lead_somewhere() {
    use Security::{None, Starttls, Tls};
    for (service, security, plain, expected) in [
        (Service::Submission, Tls, false, &["+ Smtp x.nl:9 Tls []"][..]),
        (Service::Submission, Starttls, false, &["+ Smtp x.nl:9 Starttls []"]),
        (Service::Submission, None, true, &["- Smtp x.nl:9 None [PasswordInClear, NoTlsHere]"]),
        // nobody could log in
        (Service::Submission, None, false, &[]),
        (Service::Imap, None, false, &[]),
        (Service::Pop3, None, false, &[]),
        // under TLS from the first byte there is no way without
        (Service::Imap, Tls, true, &["+ Imap x.nl:9 Tls []"]),
        (
            Service::Pop3,
            Starttls,
            true,
            &["+ Pop3 x.nl:9 Starttls []", "- Pop3 x.nl:9 None [PasswordInClear, StarttlsIsOffered]"],
        ),
        (Service::Relay, None, false, &["- Smtp x.nl:9 None [MailInClear, OwnNetworkOnly]"]),
        (Service::Pages, Tls, false, &[]),
    ] {
        let guide = Guide::new(&Open { doors: vec![door(service, &["x.nl"], 9, security, plain)], ..open() });
        let found = lines(&[guide.outgoing, guide.incoming].concat());
        assert_eq!(found, expected, "{service:?} {security:?} {plain}");
    }
}

#[test]
fn port_465_is_missed_only_where_it_is_missing() {
    let with = |doors: Vec<Door>| Guide::new(&Open { doors, ..open() }).no_port_465;
    let starttls = door(Service::Submission, &["x.nl"], 587, Security::Starttls, false);
    let tls = door(Service::Submission, &["x.nl"], 465, Security::Tls, false);
    let elsewhere = door(Service::Submission, &["x.nl"], 10_465, Security::Tls, false);
    assert!(with(vec![starttls.clone()]));
    assert!(!with(vec![starttls.clone(), tls.clone()]) && !with(vec![tls]));
    assert!(!with(vec![starttls, elsewhere]));
    assert!(!with(Vec::new()));
}

#[test]
fn the_same_port_on_several_addresses_is_one_way() {
    let one = door(Service::Imap, &["x.nl"], 993, Security::Tls, false);
    let guide = Guide::new(&Open { doors: vec![one.clone(), one], ..open() });
    assert_eq!(lines(&guide.incoming), ["+ Imap x.nl:993 Tls []"]);
}

#[test]
fn what_is_not_there_is_not_told() {
    let lenient = Guide::new(&Open { bad_helo: None, ..open() });
    assert_eq!(lenient.helo, None);
    // the rule is that of a door that is not open
    assert_eq!(Guide::new(&Open { doors: Vec::new(), ..open() }).helo, None);
    let unknown = Guide::new(&Open { certified: None, ..open() });
    let servers: Vec<_> = unknown.old_names.iter().map(|old| old.leads_to).collect();
    assert_eq!(servers, [LeadsTo::Relay, LeadsTo::SameServer, LeadsTo::SameServer]);
    let policy = door(Service::Pages, &["mta-sts.provider.nl"], 443, Security::Tls, false);
    let policy = Guide::new(&Open { doors: vec![policy], ..open() });
    assert_eq!((policy.page, policy.webmail), (None, None));
    let pages = door(Service::Pages, &["webmail.provider.nl"], 8443, Security::Tls, false);
    let guide = Guide::new(&Open { doors: vec![pages], webmail: None, ..open() });
    assert_eq!(guide.webmail, None);
    assert_eq!(guide.page.as_deref(), Some("https://webmail.provider.nl:8443/settings"));
    for language in Language::ALL {
        let sheet = Sheet::new(&guide, language);
        assert!(sheet.sections.is_empty());
        assert!(sheet.text().contains("webmail.provider.nl:8443"));
    }
}

#[test]
fn the_provider_is_called_as_customers_know_it() {
    let guide = Guide::new(&Open { name: Some("Glasvezel & Co".to_owned()), ..open() });
    for language in Language::ALL {
        let sheet = Sheet::new(&guide, language);
        assert!(sheet.title.contains("Glasvezel & Co") && !sheet.title.contains("provider.nl"));
        assert!(sheet.html(Frame::Alone).contains("Glasvezel &amp; Co"));
        // a login name is of the domain all the same
        assert!(sheet.text().contains("provider.nl"));
    }
    // a guide that was kept before there were names
    let mut kept = serde_json::to_value(Guide::new(&Open { webmail: None, ..open() })).unwrap();
    for later in ["name", "webmail"] {
        kept.as_object_mut().unwrap().remove(later);
    }
    assert_eq!(serde_json::from_value::<Guide>(kept).unwrap(), Guide::new(&Open { webmail: None, ..open() }));
}

/// Whatever the layout, the same is told.
#[test]
fn every_layout_tells_every_fact_in_both_languages() {
    let guide = Guide::new(&open());
    for language in Language::ALL {
        let sheet = Sheet::new(&guide, language);
        let (text, page) = (sheet.text(), sheet.html(Frame::Alone));
        for fact in [
            "587",
            "25",
            "993",
            "143",
            "995",
            "110",
            "465",
            "smtp.provider.nl",
            "imap.provider.nl",
            "pop3.provider.nl",
            "smtp.oud.nl",
            "imap.oud.nl",
            "pop.oud.nl",
            "STARTTLS",
            "SSL/TLS",
            "@provider.nl",
            "jan-pc",
            "Claws Mail",
            "550 Bad HELO: localhost does not exist",
            "550 Bad HELO: jan_pc does not exist",
            "https://webmail.provider.nl/settings",
        ] {
            assert!(text.contains(fact), "{language}: {fact}\n{text}");
            assert!(page.contains(fact), "{language}: {fact}\n{page}");
        }
        assert!(text.contains("\n  https://webmail.provider.nl/\n"), "{text}");
        assert!(page.contains("<a href=\"https://webmail.provider.nl/\">https://webmail.provider.nl/</a>"), "{page}");
        let plain = page.replace("<span class=\"whole\">", "").replace("</span>", "");
        let words = &language.texts().settings_page;
        for sentence in [
            words.reasons.password_in_clear,
            words.reasons.mail_in_clear,
            words.reasons.no_tls_here,
            words.reasons.starttls_is_offered,
            words.reasons.own_network_only,
            words.old_names.in_certificate,
            words.old_names.not_in_certificate,
            words.old_names.other_server,
            words.incoming.choice,
            words.outgoing.anywhere,
            words.webmail.explained,
        ] {
            let unwrapped = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(unwrapped.contains(sentence), "{language}: {sentence}\n{text}");
            assert!(plain.contains(sentence), "{language}: {sentence}");
        }
        let fits = |line: &str| line.chars().count() <= 76 || line.contains("550 Bad HELO");
        assert!(text.lines().all(|line| fits(line) && !line.ends_with(' ')), "{text}");
    }
}

#[test]
fn a_page_is_one_of_a_server_or_stands_alone() {
    let sheet = Sheet::new(&Guide::new(&open()), Language::Dutch);
    let languages = [(Language::Dutch, "/settings/nl"), (Language::English, "/settings/en")];
    let served = sheet.html(Frame::Served { style: "/settings/style.css", languages: &languages });
    assert!(served.starts_with("<!DOCTYPE html><html lang=\"nl\">"), "{served}");
    assert!(served.contains("<link rel=\"stylesheet\" href=\"/settings/style.css\">"));
    assert!(served.contains("href=\"/settings/nl\" hreflang=\"nl\" lang=\"nl\" aria-current=\"page\">Nederlands</a>"));
    assert!(served.contains("href=\"/settings/en\" hreflang=\"en\" lang=\"en\">English</a>"));
    for inline in ["<style", "style=", "<script", " on"] {
        let tags: Vec<&str> = served.split('<').map(|tag| tag.split('>').next().unwrap_or_default()).collect();
        assert!(!tags.iter().any(|tag| format!("<{tag}").contains(inline)), "{inline}");
    }
    let alone = sheet.html(Frame::Alone);
    assert!(alone.contains("color-scheme: light dark") && !alone.contains("<link") && !alone.contains("<nav"));
}

/// What a name could bring is shown, not obeyed.
#[test]
fn what_the_server_says_is_escaped() {
    let hostile = Open { bad_helo: Some(|_| "<script>alert(1)</script> & \"x\"".to_owned()), ..open() };
    let page = Sheet::new(&Guide::new(&hostile), Language::English).html(Frame::Alone);
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; "), "{page}");
}

#[test]
fn programs_get_facts_and_sentences() {
    let guide = Guide::new(&open());
    let value = serde_json::to_value(Spoken::new(&guide, Language::English)).unwrap();
    assert_eq!(value["language"], "en");
    assert_eq!(value["webmail"], "https://webmail.provider.nl/");
    assert_eq!(
        value["outgoing"][1],
        serde_json::json!({
            "protocol": "smtp", "server": "smtp.oud.nl", "port": 25, "security": "none", "login": "own-network",
            "recommended": false, "discouraged": ["mail-in-clear", "own-network-only"],
            "why-not": [
                "Not secured: others on the way can read your mail.",
                "Works on your own line with us only, not on the way or abroad.",
            ],
        })
    );
    assert_eq!(value["old-names"][0]["leads-to"], "relay");
    assert_eq!(value["helo"]["causes"][1]["cause"], "character");
    assert_eq!(value["helo"]["causes"][1]["good"], "jan-pc");
    // and facts alone are read again as they were written
    let again: Guide = serde_json::from_value(serde_json::to_value(&guide).unwrap()).unwrap();
    assert_eq!(again, guide);
    assert_eq!((again.outgoing[1].login, again.outgoing[1].protocol), (Login::OwnNetwork, Protocol::Smtp));
    assert_eq!(again.outgoing[1].discouraged, [Reason::MailInClear, Reason::OwnNetworkOnly]);
}
