use super::*;

fn read(text: &str) -> Result<Notify, Error> {
    Notify::read(&mut Cursor::new(text.as_bytes()))
}

fn set(text: &str) -> NotifySet {
    match read(text) {
        Ok(Notify::Set(set)) => set,
        other => panic!("{text}: {other:?}"),
    }
}

const MESSAGES: Events = Events {
    messages: true,
    flags: false,
    names: false,
    subscriptions: false,
    metadata: false,
    server_metadata: false,
};

#[test]
fn the_selected_mailbox() {
    assert_eq!(read("none"), Ok(Notify::Nothing));
    for (text, wanted) in [
        ("SET (selected (MessageNew MessageExpunge))", Some((false, 0, false))),
        ("SET (SELECTED-DELAYED (MessageNew (UID FLAGS) MessageExpunge FlagChange))", Some((true, 2, true))),
        (
            "set (selected (messageexpunge messagenew (uid body.peek[header.fields (from to)])))",
            Some((false, 2, false)),
        ),
        ("SET (selected NONE)", None),
        ("SET (personal (MailboxName))", None),
    ] {
        let selected = set(text).selected.map(|events| (events.delayed, events.fetched.len(), events.flags));
        assert_eq!(selected, wanted, "{text}");
    }
}

#[test]
fn other_mailboxes() {
    let names = |names: &[&str]| names.iter().copied().map(MailboxName::new).collect::<Vec<_>>();
    let read = set(
        "SET STATUS (inboxes (MessageNew MessageExpunge)) (personal NONE) (subscribed (SubscriptionChange)) \
         (subtree Lists (MailboxName MailboxMetadataChange)) (mailboxes (inbox \"a b\") (MessageNew MessageExpunge FlagChange)) \
         (mailboxes x (ServerMetadataChange))",
    );
    assert!(read.status && !read.unknown_event && read.selected.is_none());
    let wanted = [
        (MailboxFilter::Inboxes, MESSAGES),
        (MailboxFilter::Personal, Events::default()),
        (MailboxFilter::Subscribed, Events { subscriptions: true, ..Events::default() }),
        (MailboxFilter::Subtree(names(&["Lists"])), Events { names: true, metadata: true, ..Events::default() }),
        (MailboxFilter::Mailboxes(names(&["INBOX", "a b"])), Events { flags: true, ..MESSAGES }),
        (MailboxFilter::Mailboxes(names(&["x"])), Events { server_metadata: true, ..Events::default() }),
    ];
    let found: Vec<_> = read.groups.into_iter().map(|group| (group.mailboxes, group.events)).collect();
    assert_eq!(found, wanted);
    for unknown in ["SET (personal (AnnotationChange))", "SET (selected (X-Later MessageNew)) (personal (MailboxName))"]
    {
        assert!(set(unknown).unknown_event, "{unknown}");
    }
}

#[test]
fn what_is_wrong() {
    let groups = vec!["(personal (MailboxName))"; MAX_GROUPS + 1].join(" ");
    let names = vec!["a"; MAX_NAMES + 1].join(" ");
    let items = vec!["UID"; MAX_FETCHED + 1].join(" ");
    for (text, many) in [
        (format!("SET {groups}"), true),
        (format!("SET (mailboxes ({names}) (MailboxName))"), true),
        (format!("SET (selected (MessageNew ({items}) MessageExpunge))"), true),
        (format!("SET {}", "(".repeat(100_000)), false),
    ] {
        assert_eq!(matches!(read(&text), Err(Error::TooMany { .. })), many, "{}", &text[..40]);
        assert!(read(&text).is_err());
    }
    for text in [
        "",
        "SET",
        "NONE x",
        "STATUS (personal NONE)",
        "SET STATUS",
        "SET ()",
        "SET (personal)",
        "SET (personal ())",
        "SET (personal MailboxName)",
        "SET (else (MailboxName))",
        "SET (subtree (MailboxName))",
        "SET (mailboxes () (MailboxName))",
        "SET (selected (MessageNew))",
        "SET (personal (MessageExpunge))",
        "SET (selected (FlagChange))",
        "SET (selected (FlagChange MessageNew))",
        "SET (selected (MailboxName))",
        "SET (selected-delayed (ServerMetadataChange))",
        "SET (personal (MessageNew (UID) MessageExpunge))",
        "SET (selected (MessageNew () MessageExpunge))",
        "SET (selected (MessageNew (NOPE) MessageExpunge))",
        "SET (selected NONE) (selected NONE)",
        "SET (selected NONE) (selected-delayed NONE)",
        "SET (personal (MailboxName)) ",
        "SET (personal (MailboxName))(inboxes NONE)",
        "SET (selected MessageNew MessageExpunge)",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}
