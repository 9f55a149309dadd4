//! The works that speak IMAP.
use crate::peer::{Peer, program, run, serve};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

pub(crate) fn log_in(peer: &mut Peer, capabilities: &str) {
    peer.say("* OK hello\r\n");
    peer.hear("a1 LOGIN \"u\" \"p\"");
    peer.say(&format!("a1 OK [CAPABILITY IMAP4rev1 {capabilities}] in\r\n"));
}

pub(crate) fn select(peer: &mut Peer, tag: u32, exists: u32) {
    peer.hear(&format!("a{tag} SELECT \"INBOX\""));
    peer.say(&format!("* {exists} EXISTS\r\n* OK [UIDVALIDITY 1] {{9}}\r\na{tag} OK selected\r\n"));
}

/// A file with one user.
pub(crate) fn user_file() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    writeln!(file, "# who\nu p u@d.example").unwrap();
    file
}

#[test]
fn appends_without_waiting_where_the_server_allows_it() {
    let users = user_file();
    let arguments = format!("append --count 2 --size 900 --user-file {}", users.path().display());
    let printed = run(
        &arguments,
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "LITERAL+");
            for tag in [2, 3] {
                peer.hear(&format!("a{tag} APPEND \"INBOX\" {{900+}}\r\n"));
                assert!(peer.octets(902).ends_with("\r\n\r\n"));
                peer.say(&format!("a{tag} OK taken\r\n"));
            }
            peer.closed();
        })],
    );
    assert!(printed.success && printed.object["operations"] == 2, "{}", printed.error);
    let printed = run(
        &arguments,
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            peer.hear("a2 CAPABILITY");
            peer.say("* CAPABILITY IMAP4rev1\r\na2 OK\r\n");
            peer.hear("a3 APPEND \"INBOX\" {900}\r\n");
            peer.say("* 7 EXISTS\r\n+ go on\r\n");
            peer.octets(902);
            peer.say("a3 OK taken\r\n");
            peer.hear("a4 APPEND \"INBOX\" {900}\r\n");
            peer.say("a4 NO [OVERQUOTA] full\r\n");
            peer.closed();
        })],
    );
    assert!(!printed.success && printed.object["operations"] == 1, "{}", printed.object);
    assert!(printed.error.contains("a4 NO [OVERQUOTA] full"), "{}", printed.error);
}

#[test]
fn several_messages_go_by_one_command() {
    let users = user_file();
    let printed = run(
        &format!("append --count 4 --size 900 --at-once 2 --user-file {}", users.path().display()),
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "LITERAL+");
            for tag in [2, 3] {
                peer.hear(&format!("a{tag} APPEND \"INBOX\" {{900+}}\r\n"));
                peer.octets(900);
                peer.hear(" {900+}\r\n");
                peer.octets(902);
                peer.say(&format!("a{tag} OK taken\r\n"));
            }
            peer.closed();
        })],
    );
    assert!(printed.success && printed.object["operations"] == 4, "{} {}", printed.object, printed.error);
}

#[test]
fn a_mailbox_is_moved_there_and_back() {
    let printed = run(
        "transfer --user u --password p --way move --mailbox INBOX --other Two --count 2",
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 3);
            select(&mut peer, 3, 3);
            peer.hear("a4 MOVE 1:* \"Two\"");
            peer.say("* 1 EXPUNGE\r\n* 1 EXPUNGE\r\n* 1 EXPUNGE\r\na4 OK\r\n");
            peer.hear("a5 SELECT \"Two\"");
            peer.say("* 3 EXISTS\r\na5 OK\r\n");
            peer.hear("a6 MOVE 1:* \"INBOX\"");
            peer.say("a6 OK\r\n");
            peer.hear("a7 LOGOUT");
            peer.say("* BYE\r\na7 OK\r\n");
        })],
    );
    assert!(printed.success && printed.object["operations"] == 6, "{} {}", printed.object, printed.error);
}

#[test]
fn a_visit_is_ten_commands() {
    let users = user_file();
    let printed = run(
        &format!("mix --sessions 1 --count 1 --size 900 --user-file {}", users.path().display()),
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "LITERAL+");
            peer.hear("a2 APPEND \"INBOX\" {900+}\r\n");
            peer.octets(902);
            peer.say("a2 OK\r\n");
            select(&mut peer, 3, 1);
            for (tag, word) in (4..).zip(["LIST ", "STATUS ", "FETCH 1:* ", "FETCH * ", "STORE * ", "EXPUNGE"]) {
                peer.hear(&format!("a{tag} {word}"));
                peer.say(&format!("a{tag} OK\r\n"));
            }
            peer.hear("a10 LOGOUT");
            peer.say("* BYE\r\na10 OK\r\n");
        })],
    );
    assert!(printed.success && printed.object["operations"] == 10, "{} {}", printed.object, printed.error);
}

#[test]
fn fetch_counts_responses_and_not_what_looks_like_them() {
    let printed = run(
        "fetch --user u --password p --items BODY.PEEK[]",
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 2);
            peer.hear("a3 FETCH 1:* (BODY.PEEK[])");
            peer.trickle("* 1 FETCH (BODY[] {23}\r\n* 9 FETCH ()\r\na3 OK x\r\n)\r\n* 3 EXISTS\r\n");
            peer.trickle("* 2 FETCH (FLAGS () BODY[] {0}\r\n)\r\na3 OK done\r\n");
            peer.closed();
        })],
    );
    assert!(printed.success, "{}", printed.error);
    assert_eq!((&printed.object["operations"], &printed.object["literal_bytes"]), (&2.into(), &23.into()));
}

#[test]
fn flag_changes_count_when_each_is_told() {
    let users = user_file();
    let printed = run(
        &format!("flags --count 6 --range 2 --user-file {}", users.path().display()),
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 5);
            peer.hear("a3 STORE 1:* -FLAGS.SILENT (\\Flagged)");
            peer.say("a3 OK\r\n");
            peer.hear("a4 STORE 1:2 +FLAGS (\\Flagged)");
            peer.say("* 1 FETCH (FLAGS (\\Flagged))\r\n* 2 FETCH (FLAGS (\\Flagged))\r\na4 OK\r\n");
            peer.hear("a5 STORE 1:2 -FLAGS (\\Flagged)");
            peer.say("* 1 FETCH (FLAGS ())\r\n* 2 FETCH (FLAGS ())\r\na5 OK\r\n");
            peer.hear("a6 STORE 3:4 +FLAGS (\\Flagged)");
            // of another message: it is not what was asked for
            peer.say("* 3 FETCH (FLAGS (\\Flagged))\r\n* 1 FETCH (FLAGS ())\r\na6 OK\r\n");
            peer.closed();
        })],
    );
    assert!(!printed.success && printed.object["operations"] == 4, "{} {}", printed.object, printed.error);
}

#[test]
fn search_tells_how_many_were_found() {
    let printed = run(
        "search --user u --password p --repeat 2 --key SEEN",
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 5);
            for tag in [3, 4] {
                peer.hear(&format!("a{tag} SEARCH SEEN"));
                peer.say(&format!("* SEARCH 1 3 5\r\na{tag} OK\r\n"));
            }
            peer.closed();
        })],
    );
    assert!(printed.success && printed.object["hits"] == 3, "{} {}", printed.object, printed.error);
}

#[test]
fn a_login_counts_when_it_is_acknowledged() {
    let users = user_file();
    let good = |mut peer: Peer| {
        log_in(&mut peer, "IDLE");
        peer.hear("a2 LOGOUT");
        peer.say("* BYE\r\na2 OK\r\n");
    };
    let bad = |mut peer: Peer| {
        peer.say("* OK hello\r\n");
        peer.hear("LOGIN");
        peer.say("a1 NO [AUTHENTICATIONFAILED] no\r\n");
        peer.closed();
    };
    let printed =
        run(&format!("login --count 3 --user-file {}", users.path().display()), vec![Box::new(good), Box::new(bad)]);
    assert!(!printed.success && printed.object["operations"] == 1, "{}", printed.object);
    assert!(printed.error.contains("AUTHENTICATIONFAILED"), "{}", printed.error);
}

#[test]
fn idle_sessions_are_held_until_a_line_comes() {
    let users = user_file();
    let session = || {
        Box::new(|mut peer: Peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 0);
            peer.hear("a3 IDLE");
            peer.say("+ idling\r\n");
            std::thread::spawn(move || peer.closed());
        })
    };
    let (port, server) = serve(vec![session(), session()]);
    let arguments = format!("idle --hold --sessions 2 --user-file {}", users.path().display());
    let mut child = program(port, &arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next().unwrap().unwrap(), "{\"ready\":true}");
    assert!(child.try_wait().unwrap().is_none(), "it did not wait");
    writeln!(child.stdin.take().unwrap(), "go").unwrap();
    let object: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    assert_eq!(object["operations"], 2);
    assert!(child.wait().unwrap().success());
    server.join().unwrap();
}

#[test]
fn a_notice_that_does_not_come_is_lost() {
    let users = user_file();
    let (delivery, mta) = serve(vec![Box::new(|mut peer| {
        peer.say("220 there\r\n");
        peer.hear("LHLO");
        peer.say("250 PIPELINING\r\n");
        for _ in 0..2 {
            peer.hear("MAIL");
            peer.hear("<u@d.example>");
            peer.hear("DATA");
            peer.say("250 ok\r\n250 ok\r\n354 go\r\n");
            peer.message();
            peer.say("250 taken\r\n");
        }
        peer.hear("QUIT");
        peer.say("221 bye\r\n");
    })]);
    let printed = run(
        &format!(
            "notice --sessions 1 --rounds 2 --lost-after-ms 200 --deliver lmtp 127.0.0.1:{delivery} --user-file {}",
            users.path().display()
        ),
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 5);
            peer.hear("a3 IDLE");
            // the sixth message is told, the seventh is not
            peer.say("+ idling\r\n* 6 EXISTS\r\n* OK still here\r\n* 6 EXISTS\r\n");
            peer.closed();
        })],
    );
    mta.join().unwrap();
    assert!(printed.success, "{}", printed.error);
    assert_eq!((&printed.object["operations"], &printed.object["lost"]), (&1.into(), &1.into()));
}
