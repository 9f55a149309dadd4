//! The strict client against replies that are right, and replies that are not.
use super::*;

fn one(text: &str) -> Result<Response, Error> {
    let (response, used) = read(text.as_bytes())?.ok_or(Error::Announced)?;
    assert_eq!(used, text.len(), "{text}");
    Ok(response)
}

#[test]
fn what_is_right() {
    for text in [
        "* OK [CAPABILITY IMAP4rev1 SASL-IR] ready\r\n",
        "+ idling\r\n",
        "a1 OK [PERMANENTFLAGS (\\Seen \\*)] done\r\n",
        "a1 OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n",
        "a NO [TRYCREATE] no\r\n",
        "* OK [INPROGRESS (\"a1\" 454 1000)] working\r\n",
        "* OK [INPROGRESS (\"a1\" NIL NIL)] working\r\n",
        "* BYE bye\r\n",
        "* 0 EXISTS\r\n",
        "* FLAGS (\\Seen $x)\r\n",
        "* LIST (\\Noselect) \"/\" \"a b\"\r\n",
        "* LIST () NIL {3}\r\na\"b\r\n",
        "* LIST (\\NonExistent) \"/\" Foo (\"CHILDINFO\" (\"SUBSCRIBED\"))\r\n",
        "* SEARCH\r\n",
        "* VANISHED (EARLIER) 1:5,7\r\n",
        "* VANISHED 5\r\n",
        "* SEARCH 2 3 (MODSEQ 917162500)\r\n",
        "* ESEARCH (TAG \"a\") UID COUNT 5 ALL 4:19,21,28\r\n",
        "* ESEARCH (TAG \"B1\") ALL 1,5,10 RELEVANCY (4 99 42)\r\n",
        "* ESEARCH (TAG \"C01\") UID ADDTO (1 2733) REMOVEFROM (0 32768 2 7:9)\r\n",
        "* 1 FETCH (BINARY[1]<0> ~{2}\r\na\0 BINARY.SIZE[1] 5 BINARY[] NIL)\r\n",
        "* STATUS blurdybloop (MAILBOXID (mb) SIZE 5)\r\n",
        "* 1 FETCH (FLAGS (8 NIL \\Seen))\r\n",
        "* 12 FETCH (EMAILID (eb) THREADID (tb) SAVEDATE \"17-Jul-1996 02:44:25 -0700\")\r\n",
        "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)\r\n",
        "* 12 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (7) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 9)\r\n",
        "* 12 FETCH (BODY[HEADER.FIELDS (a b)]<0> {3}\r\na b BODY[1] NIL BODY[TEXT] \"\")\r\n",
        "* 12 FETCH (ENVELOPE (NIL \"s\" ((NIL NIL \"a\" \"b\")) NIL NIL NIL NIL NIL NIL \"<x>\"))\r\n",
        "* 12 FETCH (BODY ((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"x\") NIL NIL \"7BIT\" 5 1)(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 5) \"MIXED\"))\r\n",
        "* METADATA \"\" (/shared/comment \"x\" /private/a NIL /private/b ~{2}\r\n\0\r)\r\n",
        "* METADATA INBOX /shared/comment /private/a\r\n",
        "* LIST () \"/\" NewMailbox (\"OLDNAME\" (OldMailbox))\r\n",
        "* OK [NOTIFICATIONOVERFLOW] x\r\n",
        "a NO [BADEVENT (MessageNew MessageExpunge)] x\r\n",
        "* OK [METADATA LONGENTRIES 2199] done\r\n",
        "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
        "* ACL INBOX/Drafts Fred rwipslxcetda -Fred \"\"\r\n",
        "* LISTRIGHTS a smith la r s w i c d k x t e\r\n",
        "* MYRIGHTS INBOX rwiptsldaex\r\n",
        "* ID NIL\r\n",
        "* ESEARCH (TAG \"a\" MAILBOX folder1 UIDVALIDITY 1) UID ALL 4001,4003\r\n",
        "* 25996 UIDFETCH (FLAGS (\\Seen))\r\n",
        "* LANGUAGE (nl \"en\" i-default)\r\n",
        "* ENABLED\r\n",
    ] {
        assert!(one(text).is_ok(), "{text} {:?}", one(text));
    }
}

#[test]
fn what_is_wrong() {
    for text in [
        "* OK\r\n",
        "* OK ready\n",
        "* OK \u{e9}\r\n",
        "a1 BYE x\r\n",
        "a1 FETCH\r\n",
        "* 0 EXPUNGE\r\n",
        "* 1 FETCH ()\r\n",
        "* 1 FETCH (FLAGS (\\Seen)\r\n",
        "* 1 FETCH (UID x)\r\n",
        "* 1 FETCH (EMAILID eb)\r\n",
        "* STATUS x (MAILBOXID mb)\r\n",
        "* 1 FETCH (NOPE 1)\r\n",
        "* 0 UIDFETCH (UID 1)\r\n",
        "* 1 FETCH (BODY[] {1}\r\n\0)\r\n",
        "* 1 FETCH (BODY[] ~{1}\r\na)\r\n",
        "* 1 FETCH (BINARY[1] {1}\r\n\0)\r\n",
        "* 1 FETCH (ENVELOPE (NIL))\r\n",
        "* 1 FETCH (ENVELOPE (\"a\rb\" NIL NIL NIL NIL NIL NIL NIL NIL NIL))\r\n",
        "* 1 FETCH (ENVELOPE (NIL NIL () NIL NIL NIL NIL NIL NIL NIL))\r\n",
        "* 1 FETCH (BODY (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 5))\r\n",
        "* 1 FETCH (BODY (\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 5 NIL))\r\n",
        "* SEARCH 0\r\n",
        "* ESEARCH (TAG \"a\" MAILBOX folder1) UID ALL 4001\r\n",
        "* ESEARCH (TAG \"a\") ALL 1 RELEVANCY (0)\r\n",
        "* ESEARCH (TAG \"a\") ALL 1 RELEVANCY (101)\r\n",
        "* ESEARCH (TAG \"a\") ADDTO ()\r\n",
        "* ESEARCH (TAG \"a\") ADDTO (1 2:*)\r\n",
        "* ESEARCH (TAG \"a\") REMOVEFROM (1)\r\n",
        "* ESEARCH (TAG \"a\" MAILBOX folder1 UIDVALIDITY 0) UID ALL 4001\r\n",
        "* ESEARCH (TAG \"a\" MAILBOX folder1 UIDVALIDITY 1) ALL 4001\r\n",
        "* VANISHED 1:*\r\n",
        "* VANISHED\r\n",
        "* LANGUAGE ()\r\n",
        "* LANGUAGE nl\r\n",
        "* SEARCH 1 \r\n",
        "* LIST () \"/\" \u{e9}\r\n",
        "* LIST () \"/\" \"&AO\"\r\n",
        "* ACL x Fred\r\n",
        "* ACL x Fred L\r\n",
        "* LISTRIGHTS x smith\r\n",
        "* LISTRIGHTS x smith la l\r\n",
        "* MYRIGHTS x l r\r\n",
        "* NOPE\r\n",
        "* METADATA INBOX\r\n",
        "* LIST () \"/\" NewMailbox (\"OLDNAME\" OldMailbox)\r\n",
        "* METADATA INBOX ()\r\n",
        "* METADATA INBOX (/shared/comment)\r\n",
        "* METADATA INBOX (/shared/comment x)\r\n",
        "* METADATA INBOX /shared/*\r\n",
        "* METADATA INBOX /shared//a\r\n",
        "* 5 EXISTS x\r\n",
    ] {
        assert!(one(text).is_err(), "{text} {:?}", one(text));
    }
    // RFC 9755, 3: only for who has enabled it.
    let utf8 = "* 1 FETCH (ENVELOPE (NIL \"caf\u{e9}\" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n";
    assert!(one(utf8).is_err() && read_with(utf8.as_bytes(), NameCoding::Utf8).is_ok());
    assert!(read_with(b"* LIST () \"/\" \"caf\xe9\"\r\n", NameCoding::Utf8).is_err());
    let deep = format!("* ID {}{}\r\n", "(".repeat(100_000), ")".repeat(100_000));
    assert!(one(&deep).is_err());
    assert_eq!(length(b"* OK {5}\r\nabc"), None);
}
