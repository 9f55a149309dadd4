//! Search programs: keys, nesting and its limits.
use super::*;
use proptest::prelude::*;

fn read(text: &str) -> Result<Search, Error> {
    Search::read(&mut Cursor::new(text.as_bytes()))
}

#[test]
fn table() {
    for (text, nodes) in [
        ("ALL", 2),
        ("UNSEEN", 3),
        ("NEW", 5),
        ("1:3,5 UID 7", 3),
        ("NOT NOT SEEN", 4),
        ("OR SEEN OR FLAGGED ANSWERED", 6),
        ("(SEEN FLAGGED) (ANSWERED)", 6),
        ("OR (SEEN) NOT (FLAGGED)", 7),
        ("SENTSINCE 1-Feb-1994 NOT FROM \"Smith\"", 4),
        ("CHARSET UTF-8 TEXT {3}\r\nab)", 2),
        ("HEADER X-A \"\" MODSEQ 620162338", 3),
        ("MODSEQ \"/flags/\\\\draft\" all 620162338", 2),
        ("EMAILID eb THREADID t-_7", 3),
        ("SAVEDBEFORE 1-Feb-1994 SAVEDON \"1-Feb-1994\" SAVEDSINCE 1-Feb-1994 SAVEDATESUPPORTED", 5),
        ("OLDER 259200 NOT YOUNGER 1", 4),
        ("OR $ 1,3000:3021 UID $", 5),
        ("RETURN (SAVE PARTIAL -1:-100) ALL", 2),
        ("FUZZY SUBJECT \"IMAP break\"", 2),
        ("FUZZY (SUBJECT a FROM b) OR FUZZY TEXT c FUZZY NOT FUZZY SEEN", 8),
        ("RETURN (RELEVANCY ALL) FUZZY TEXT Helo", 2),
        ("RETURN (CONTEXT UPDATE COUNT) SEEN", 2),
        ("RETURN (MIN COUNT) KEYWORD work UNKEYWORD x", 4),
    ] {
        assert_eq!(read(text).map(|search| search.program.nodes.len()), Ok(nodes), "{text}");
    }
    assert!(read("RETURN () ALL").unwrap().options.unwrap().all);
    let options = read("RETURN (UPDATE) ALL").unwrap().options.unwrap();
    assert!(options.update && !options.all && options.tells());
    assert!(read("RETURN (CONTEXT) ALL").unwrap().options.unwrap().all);
    let fuzzy = |text: &str| {
        let nodes = read(text).unwrap().program.nodes;
        nodes.iter().filter(|node| matches!(node, Node::Fuzzy(_))).count()
    };
    // What is not below FUZZY is as it is (RFC 6203, 3), and so is what has no string.
    assert_eq!(fuzzy("FUZZY SUBJECT work FROM user@example.com"), 1);
    assert_eq!(fuzzy("FUZZY (OR TEXT a NOT BODY b SEEN HEADER x y) TEXT c"), 3);
    assert_eq!(fuzzy("OR FUZZY SEEN TEXT a"), 0);
    let saves = read("RETURN (SAVE) ALL").unwrap().options.unwrap();
    assert!(saves.save && !saves.all && !saves.tells() && !saves.is_a_part());
    for text in [
        "",
        "()",
        "(SEEN",
        "SEEN)",
        "NOT",
        "OR SEEN",
        "OR SEEN ",
        "NOPE",
        "SEEN  FLAGGED",
        "BEFORE 31-Feb-1994",
        "UID",
        "UID a",
        "LARGER -1",
        "LARGER 4294967296",
        "HEADER x",
        "RETURN (X) ALL",
        "RETURN (ALL PARTIAL 1:2) ALL",
        "RETURN (PARTIAL 1:2 PARTIAL 3:4) ALL",
        "RETURN (PARTIAL) ALL",
        "RETURN (RELEVANCY) TEXT x",
        "FUZZY",
        "FUZZY ",
        "(FUZZY) TEXT x",
        "RETURN (PARTIAL 1:*) ALL",
        "$,1",
        "RETURN ALL",
        "CHARSET UTF-8",
        "MODSEQ 9223372036854775808",
        "EMAILID",
        "EMAILID a.b",
        "THREADID \"eb\"",
        "SAVEDON",
        "OLDER 0",
        "YOUNGER 4294967296",
        "0",
    ] {
        assert!(read(text).is_err(), "{text}");
    }
}

#[test]
fn depth_and_count_are_bounded() {
    let nested = |depth| format!("{}SEEN{}", "(".repeat(depth), ")".repeat(depth));
    assert!(read(&nested(MAX_DEPTH)).is_ok());
    for depth in [MAX_DEPTH + 1, 64, 1_000, 100_000] {
        assert_eq!(read(&nested(depth)), Err(Error::TooDeep { limit: MAX_DEPTH }));
    }
    assert!(read(&format!("{}SEEN", "NOT ".repeat(4_000))).is_ok());
    assert!(matches!(read(&format!("{}SEEN", "FUZZY ".repeat(100_000))), Err(Error::TooMany { .. })));
    assert!(matches!(read(&format!("{}SEEN", "NOT ".repeat(100_000))), Err(Error::TooMany { .. })));
    assert!(matches!(read(&"SEEN ".repeat(6_000)), Err(Error::TooMany { .. })));
}

proptest! {
    #[test]
    fn children_stand_before_their_parents(text in "((NOT|OR|FUZZY|\\(SEEN\\)|SEEN|ALL|1:2) ){1,12}SEEN") {
        if let Ok(search) = read(&text) {
            for (index, node) in search.program.nodes.iter().enumerate() {
                let before = match node {
                    Node::Key(_) | Node::Fuzzy(_) => true,
                    Node::And(keys) => keys.iter().all(|key| *key < index),
                    Node::Or(one, two) => *one < index && *two < index,
                    Node::Not(one) => *one < index,
                };
                prop_assert!(before);
            }
        }
    }
}
