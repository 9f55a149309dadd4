//! Every reply but those of `imap_replies`, printed from any words, numbers and octets: a strict client reads as many
//! replies as were printed, whatever stands in them (I20).
use imap_wire::client::read_with;
use imap_wire::reply::{
    Attribute, Code, ESearch, FetchReply, Listed, Resource, SearchReply, Status, StatusValue, ThreadReply, Vanished,
    acl, condition, continuation, flags, id, line_end, list_rights, metadata, metadata_changed, my_rights, nstring,
    number, quota, quota_root, range, status, vanished,
};
use imap_wire::{
    Cursor, Flag, InternalDate, MailboxName, NameCoding, Partial, PartialRange, Section, SectionName, SectionText,
    SequenceSet, StatusItem,
};

/// The lines of the input: a text, a section, flags, a set, numbers; the rest is octets.
pub(crate) fn imap_printers(data: &[u8]) {
    let mut lines = data.splitn(6, |&byte| byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let text = String::from_utf8_lossy(line()).into_owned();
    let section = Section::read(&mut Cursor::new(line())).unwrap_or_default();
    let known: Vec<Flag> =
        line().split(|&byte| byte == b' ').filter_map(|word| Flag::read(&mut Cursor::new(word)).ok()).collect();
    let set = SequenceSet::read(&mut Cursor::new(line())).ok().filter(|set| !set.names_last());
    let seed = line().iter().fold(1_u64, |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let octets = line();
    // No mailbox has a name with control characters.
    let name = MailboxName::new(text.chars().filter(|c| !c.is_control()).collect::<String>());
    for coding in [NameCoding::Utf7, NameCoding::Utf8] {
        let (mut out, mut printed) = (Vec::new(), 0);
        printed += conditions(&mut out, &text, &known, set.as_ref(), seed);
        printed += mailboxes(&mut out, (&name, coding), &text, (octets, seed));
        printed += found(&mut out, set.as_ref(), seed);
        printed += fetched(&mut out, (&section, &known), octets, seed);
        assert_eq!(replies(&out, coding), printed, "{}", String::from_utf8_lossy(&out));
    }
}

fn replies(mut out: &[u8], coding: NameCoding) -> usize {
    let mut count = 0;
    while let Some((_, used)) = read_with(out, coding).unwrap_or_else(|error| {
        // The strict reader's own words say where.
        assert!(out.is_empty(), "{error}: {}", String::from_utf8_lossy(out));
        None
    }) {
        out = out.get(used..).unwrap_or_default();
        count += 1;
    }
    assert!(out.is_empty());
    count
}

fn low(seed: u64) -> u32 {
    u32::try_from(seed & 0xffff_ffff).unwrap_or(1).max(1)
}

fn conditions(out: &mut Vec<u8>, text: &str, known: &[Flag], set: Option<&SequenceSet>, seed: u64) -> usize {
    let mut codes = vec![
        None,
        Some(Code::Alert),
        Some(Code::PermanentFlags(known.to_vec(), true)),
        Some(Code::UidNext(low(seed))),
        Some(Code::HighestModSeq(seed >> 1)),
        Some(Code::MailboxId("mb".to_owned())),
        Some(Code::bad_url(text.as_bytes())),
        Some(Code::NoUpdate("a1".to_owned())),
    ];
    if let Some(set) = set {
        codes.push(Some(Code::AppendUid(low(seed), set.clone())));
        codes.push(Some(Code::CopyUid(low(seed), set.clone(), set.clone())));
        codes.push(Some(Code::Modified(set.clone())));
    }
    for code in &codes {
        condition(out, Some("a1"), Status::No, code.as_ref(), text);
        condition(out, None, Status::Ok, code.as_ref(), text);
    }
    continuation(out, "go ahead");
    flags(out, known);
    id(out, &[("name", text), (text, "x")]);
    2 * codes.len() + 3
}

fn mailboxes(out: &mut Vec<u8>, name: (&MailboxName, NameCoding), text: &str, (octets, seed): (&[u8], u64)) -> usize {
    let attributes = vec![Attribute::HasChildren, Attribute::Junk];
    let old_name = Some(name.0).filter(|_| seed.is_multiple_of(3));
    let listed = Listed { child_subscribed: seed.is_multiple_of(2), old_name, ..Listed::new(attributes, name) };
    listed.print(out, "LIST");
    Listed::new(Vec::new(), name).print(out, "LSUB");
    let items = [
        (StatusItem::Messages, StatusValue::Number(seed >> 1)),
        (StatusItem::MailboxId, StatusValue::ObjectId("mb".to_owned())),
    ];
    status(out, name, &items);
    status(out, name, &items[..1]);
    quota(out, text, &[Resource { name: "STORAGE", used: seed >> 1, limit: seed >> 2 }]);
    quota(out, text, &[]);
    quota_root(out, name, text);
    acl(out, name, &[(text.to_owned(), "lrk".to_owned()), (format!("-{text}"), String::new())]);
    list_rights(out, name, text, "la", "rswite");
    my_rights(out, name, "lr");
    metadata(out, name, [("/private/a", Some(octets)), ("/shared/a b", None)]);
    metadata_changed(out, name, ["/private/a", "/shared/a b"]);
    12
}

/// What a search has found, what has gone, and threads that nest as the bits of the seed say.
fn found(out: &mut Vec<u8>, set: Option<&SequenceSet>, seed: u64) -> usize {
    number(out, low(seed), "EXISTS");
    let mut reply = SearchReply::begin(out, "SORT");
    reply.number(out, low(seed));
    reply.end(out, Some(seed >> 1));
    SearchReply::begin(out, "SEARCH").end(out, None);
    let some = Some(low(seed)).filter(|_| seed.is_multiple_of(3));
    let (uid, mod_sequence) = (seed.is_multiple_of(2), some.map(u64::from));
    let extended = ESearch { mailbox: None, uid, min: some, max: some, count: some, mod_sequence };
    extended.begin(out, "a1]x");
    let ranges = set.map(|set| set.ranges(low(seed))).unwrap_or_default();
    if !ranges.is_empty() {
        ESearch::all(out);
        print_ranges(out, &ranges);
    }
    if let Ok(part) = PartialRange::read(&mut Cursor::new(b"-1:-100")) {
        ESearch::partial(out, part);
        print_ranges(out, &ranges);
        ESearch::end_partial(out, ranges.is_empty());
    }
    if let Some(set) = SequenceSet::compact(ranges.iter().flat_map(Clone::clone).take(100)) {
        ESearch::update(out, "REMOVEFROM", &[(0, set.clone())]);
        ESearch::update(out, "ADDTO", &[(low(seed), set.clone()), (1, set)]);
    }
    ESearch::relevancy(out);
    ESearch::score(out, true, 100);
    ESearch::score(out, false, 1);
    ESearch::end_relevancy(out);
    extended.end(out);
    threads(out, seed);
    if ranges.is_empty() {
        return 5;
    }
    for when in [Vanished::Now, Vanished::Earlier] {
        vanished(out, when);
        print_ranges(out, &ranges);
        line_end(out);
    }
    7
}

fn print_ranges(out: &mut Vec<u8>, ranges: &[std::ops::RangeInclusive<u32>]) {
    for (index, one) in ranges.iter().enumerate() {
        range(out, index == 0, one.clone());
    }
}

fn threads(out: &mut Vec<u8>, seed: u64) {
    let mut reply = ThreadReply::begin(out);
    for bit in 0..8_u32 {
        reply.open(out);
        reply.message(out, bit * 4 + 1);
        if seed >> bit & 1 == 1 {
            reply.space(out);
            for child in [2, 3] {
                reply.open(out);
                reply.message(out, bit * 4 + child);
                reply.close(out);
            }
        }
        reply.close(out);
    }
    reply.end(out);
}

fn fetched(out: &mut Vec<u8>, (section, known): (&Section, &[Flag]), octets: &[u8], seed: u64) -> usize {
    // What is sent as a plain literal has no NUL left: the session sees to that.
    let plain: Vec<u8> = octets.iter().map(|&byte| byte.max(1)).collect();
    let size = u64::try_from(octets.len()).unwrap_or(u64::MAX);
    let partial = seed.is_multiple_of(2).then_some(Partial { start: low(seed), length: 1 });
    let mut reply = FetchReply::begin(out, low(seed));
    reply.uid(out, low(seed));
    reply.flags(out, known);
    reply.mod_sequence(out, seed >> 1);
    reply.date(out, "INTERNALDATE", InternalDate { seconds: i64::from(low(seed)), offset: 60 });
    reply.object_id(out, "EMAILID", "eb");
    // No message is larger than a size that IMAP4rev1 can say (RFC 3501, 9: "number").
    reply.size(out, low(seed).into());
    reply.named(out, "PREVIEW");
    nstring(out, Some(octets));
    reply.section(out, (SectionName::Body, section, partial), Some(size));
    out.extend_from_slice(&plain);
    reply.section(out, (SectionName::Body, section, partial), None);
    if !section.part.is_empty() && section.text == SectionText::All {
        reply.binary(out, (section, partial), Some(size), octets.contains(&0));
        out.extend_from_slice(octets);
        reply.binary_size(out, &section.part, low(seed).into());
    }
    reply.end(out);
    1
}
