//! What docs/tracing.md shows is what is printed.
use super::*;
use journal::{Arrival, Cause, Counts, Peer, Tried};
use names::AccountId;

const DOC: &str = include_str!("../../../../../../docs/tracing.md");
/// 2026-11-29T14:03:18Z.
const BEGIN: u64 = 1_795_961_000_000 - 2_000;
const FAR: &str = "piet@elders.example";

fn at(ms: u64, event: Event) -> TraceEventView {
    TraceEventView { at_ms: BEGIN + ms, event }
}

fn peer(tls: Option<&str>) -> Peer {
    Peer {
        session: "s5f3c".into(),
        remote: "198.51.100.9:50112".parse().unwrap(),
        listener: "submission".into(),
        tls: tls.map(Into::into),
    }
}

const TLS: &str = "TLSv1.3 TLS_AES_256_GCM_SHA384";

/// A message from a customer, as far as it was accepted.
fn came() -> Vec<TraceEventView> {
    vec![
        at(902, Event::SessionOpened { peer: peer(None) }),
        at(1_050, Event::LoginAccepted { peer: peer(Some(TLS)), account: AccountId(0x21), mechanism: "PLAIN".into() }),
        at(
            1_310,
            Event::Accepted {
                delivery: "d4c1f7a06b2e95d308e2ab41907c6f512".into(),
                peer: Some(peer(Some(TLS))),
                account: Some(AccountId(0x21)),
                sender: "anna@telfortglasvezel.nl".into(),
                recipients: 1,
                to: vec![FAR.into()],
                message_id: Some("<1@pc.anna>".into()),
                arrival: Some(Arrival { helo: "pc-anna".into(), connected_ms: BEGIN + 902, begun_ms: BEGIN + 1_080 }),
                size: 2_048,
            },
        ),
        at(
            1_402,
            Event::SessionClosed {
                peer: peer(Some(TLS)),
                name: Some("pc-anna".into()),
                account: Some(AccountId(0x21)),
                counts: Counts::default(),
                took_ms: 500,
            },
        ),
    ]
}

fn attempt(reply: &str) -> Attempt {
    Attempt {
        delivery: "d4c1f7a06b2e95d308e2ab41907c6f512".into(),
        queue: "q124c1f7a06b2e95d30".into(),
        recipient: FAR.into(),
        server: Some("mx1.elders.example (192.0.2.25)".into()),
        remote: Some("192.0.2.25:25".parse().unwrap()),
        tls: Some(TLS.into()),
        route: None,
        policy: Some("opportunistic".into()),
        reply: reply.into(),
        attempts: 1,
        took_ms: Some(694),
        size: 2_048,
        ..Attempt::default()
    }
}

fn view(fate: Fate, last: &Attempt, more: Vec<TraceEventView>) -> TraceView {
    let recipient = TraceRecipientView {
        recipient: FAR.to_owned(),
        original: None,
        fate,
        at_ms: more.first().map_or(0, |event| event.at_ms),
        server: None,
        reply: Some(last.reply.to_string()),
        attempts: last.attempts,
        next_ms: last.next_ms,
    };
    TraceView {
        id: last.delivery.to_string(),
        queue: last.queue.as_str().parse().ok(),
        waits: fate == Fate::Deferred,
        held: None,
        sender: Some("anna@telfortglasvezel.nl".to_owned()),
        size: 2_048,
        message_id: Some("<1@pc.anna>".to_owned()),
        recipients: vec![recipient],
        events: [came(), more].concat(),
        cut: false,
    }
}

/// The page must stand in the documentation, word for word, as an indented block.
fn is_documented(page: &str) {
    let block: String = page
        .lines()
        .map(|line| {
            if line.is_empty() { "\n".to_owned() } else { format!("    {}\n", line.strip_prefix("  ").unwrap_or(line)) }
        })
        .collect();
    assert!(DOC.contains(&block), "docs/tracing.md does not have:\n{block}");
}

#[test]
fn a_message_that_was_relayed_by_dane_is_as_documented() {
    let relayed =
        Attempt { policy: Some("dane".into()), secured: Some("dane".into()), ..attempt("250 2.0.0 ok 1732457002") };
    let page = page(&view(Fate::Relayed, &relayed, vec![at(2_008, Event::Relayed(relayed.clone()))]));
    is_documented(&page);
}

#[test]
fn a_message_that_waits_is_as_documented() {
    let deferred = Attempt {
        secured: Some("encrypted".into()),
        tried: vec![Tried {
            server: "mx1.elders.example (2001:db8::25)".into(),
            reply: "connection failed: timed out".into(),
        }],
        status: Some("4.7.1".into()),
        next_ms: Some(BEGIN + 302_008),
        ..attempt("451 4.7.1 Too many messages, try later")
    };
    let hold = Event::Act {
        by: "command line".into(),
        act: "queue retry".into(),
        subject: "q124c1f7a06b2e95d30".into(),
        reason: None,
    };
    let more = vec![at(2_008, Event::Deferred(deferred.clone())), at(60_000, hold)];
    is_documented(&page(&view(Fate::Deferred, &deferred, more)));
}

#[test]
fn a_message_that_bounced_is_as_documented() {
    let failed = Attempt {
        tls: None,
        original: Some("oud@telfortglasvezel.nl".into()),
        ..attempt("550 5.1.1 nobody of that name")
    };
    let report = Event::Reported {
        delivery: "d4c1f7a06b2e95d308e2ab41907c6f512".into(),
        report: "d0b7d2f9e41c3a58676fe01c2d3b4a596".into(),
        action: "failed".into(),
        recipients: vec!["oud@telfortglasvezel.nl".into()],
    };
    let more = vec![at(2_008, Event::Failed(failed.clone())), at(2_011, report)];
    let mut view = view(Fate::Failed, &failed, more);
    view.recipients[0].original = Some("oud@telfortglasvezel.nl".to_owned());
    is_documented(&page(&view));
}

#[test]
fn what_a_stranger_wrote_cannot_end_a_line() {
    let event = Event::Refused {
        peer: peer(None),
        what: journal::Refused::Helo,
        subject: "a\nb".into(),
        account: None,
        cause: Cause::HeloNameIsMalformed,
    };
    assert_eq!(lines(&at(0, event)), ["refused: helo a?b: helo-name-is-malformed"]);
}
