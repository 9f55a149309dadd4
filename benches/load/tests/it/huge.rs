//! The works for a mailbox that holds many, and for a server that many look at.
use crate::imap::{log_in, select, user_file};
use crate::peer::{Peer, run};

#[test]
fn a_mailbox_is_filled_by_commands_of_several() {
    let printed = run(
        "fill --user u --password p --sessions 1 --count 3 --at-once 2 --size-from 900 --size-to 900 --thread 4",
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "LITERAL+ MULTIAPPEND");
            let literal = |line: String| line[line.find('{').unwrap() + 1..line.len() - 4].parse::<usize>().unwrap();
            let first = literal(peer.hear("a2 APPEND \"INBOX\" {"));
            peer.octets(first);
            let second = literal(peer.hear(" {"));
            assert!(peer.octets(second + 2).contains("\r\nIn-Reply-To: <000000000000."));
            peer.say("a2 OK taken\r\n");
            let third = literal(peer.hear("a3 APPEND \"INBOX\" {"));
            assert!(peer.octets(third + 2).contains("\r\nIn-Reply-To: <000000000001."));
            peer.say("a3 OK taken\r\n");
            peer.hear("a4 LOGOUT");
            peer.say("* BYE\r\na4 OK\r\n");
        })],
    );
    assert!(printed.success && printed.object["operations"] == 3, "{} {}", printed.object, printed.error);
}

#[test]
fn the_session_before_stays_until_the_mailbox_is_selected_again() {
    let session = || {
        Box::new(|mut peer: Peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 5);
            std::thread::spawn(move || {
                peer.hear("a3 LOGOUT");
                peer.say("* BYE\r\na3 OK\r\n");
            });
        })
    };
    let printed = run("select --user u --password p --repeat 3", vec![session(), session(), session()]);
    assert!(printed.success && printed.object["operations"] == 3, "{} {}", printed.object, printed.error);
    let empty = run(
        "select --user u --password p --repeat 3",
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 0);
            peer.closed();
        })],
    );
    assert!(!empty.success && empty.error.contains("no messages"), "{}", empty.error);
}

/// The end of a session: by LOGOUT where all went well.
fn log_out(mut peer: Peer, tag: u32, well: bool) {
    if well {
        peer.hear(&format!("a{tag} LOGOUT"));
        peer.say(&format!("* BYE\r\na{tag} OK\r\n"));
    } else {
        peer.closed();
    }
}

/// The session that changes, aside; then the one that goes away, and one that comes back and is told `told`, which
/// `suffices` or not.
fn resync(told: &'static str, suffices: bool) -> crate::peer::Printed {
    let enabled = |peer: &mut Peer| {
        log_in(peer, "QRESYNC");
        peer.hear("a2 ENABLE QRESYNC");
        peer.say("* ENABLED QRESYNC\r\na2 OK\r\n");
    };
    let changer = move |mut peer: Peer| {
        log_in(&mut peer, "QRESYNC");
        select(&mut peer, 2, 80);
        std::thread::spawn(move || {
            for (tag, message) in (3..).zip([1, 11, 21, 31, 41, 51, 61, 71]) {
                peer.hear(&format!("a{tag} STORE {message} +FLAGS.SILENT (\\Flagged)"));
                peer.say(&format!("a{tag} OK\r\n"));
            }
            for (tag, message) in [(11, 80), (12, 79)] {
                peer.hear(&format!("a{tag} STORE {message} +FLAGS.SILENT (\\Deleted)"));
                peer.say(&format!("a{tag} OK\r\n"));
            }
            peer.hear("a13 EXPUNGE");
            peer.say("* 79 EXPUNGE\r\n* 79 EXPUNGE\r\na13 OK\r\n");
            log_out(peer, 14, suffices);
        });
    };
    let away = move |mut peer: Peer| {
        enabled(&mut peer);
        peer.hear("a3 SELECT \"INBOX\"\r\n");
        peer.say("* 80 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [HIGHESTMODSEQ 40] x\r\na3 OK\r\n");
        peer.hear("a4 LOGOUT");
        peer.say("* BYE\r\na4 OK\r\n");
    };
    let back = move |mut peer: Peer| {
        enabled(&mut peer);
        peer.hear("a3 SELECT \"INBOX\" (QRESYNC (7 40))\r\n");
        peer.say(told);
        for number in [1, 11, 21, 31, 41, 51, 61, 71] {
            peer.say(&format!("* {number} FETCH (UID {number} FLAGS (\\Flagged) MODSEQ (44))\r\n"));
        }
        peer.say("a3 OK\r\n");
        log_out(peer, 4, suffices);
    };
    run("qresync --timeout 2 --user u --password p", vec![Box::new(changer), Box::new(away), Box::new(back)])
}

#[test]
fn who_comes_back_must_be_told_what_changed() {
    let told = resync("* VANISHED (EARLIER) 79:80\r\n", true);
    assert!(told.success, "{}", told.error);
    assert_eq!((&told.object["operations"], &told.object["changes"]), (&1.into(), &10.into()), "{}", told.error);
    let untold = resync("* 78 EXISTS\r\n", false);
    assert!(!untold.success && untold.object["operations"] == 0, "{}", untold.object);
    assert!(untold.error.contains("what had changed"), "{}", untold.error);
}

#[test]
fn who_browses_reads_one_message_after_another() {
    let users = user_file();
    let arguments = format!("browse --sessions 1 --count 3 --items FLAGS --user-file {}", users.path().display());
    let printed = run(
        &arguments,
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 2);
            for (tag, message) in [(3, 1), (4, 2), (5, 1)] {
                peer.hear(&format!("a{tag} FETCH {message} (FLAGS)"));
                peer.say(&format!("* {message} FETCH (FLAGS ())\r\na{tag} OK\r\n"));
            }
            peer.hear("a6 LOGOUT");
            peer.say("* BYE\r\na6 OK\r\n");
        })],
    );
    assert!(printed.success && printed.object["operations"] == 3, "{} {}", printed.object, printed.error);
    let other = run(
        &arguments,
        vec![Box::new(|mut peer| {
            log_in(&mut peer, "IDLE");
            select(&mut peer, 2, 2);
            peer.hear("a3 FETCH 1 (FLAGS)");
            peer.say("* 2 FETCH (FLAGS ())\r\na3 OK\r\n");
            peer.closed();
        })],
    );
    assert!(!other.success && other.object["operations"] == 0, "{} {}", other.object, other.error);
}
