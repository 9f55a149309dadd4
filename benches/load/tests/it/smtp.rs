//! Deliveries.
use crate::peer::{Peer, run};
use std::collections::BTreeSet;

fn greet(peer: &mut Peer, pipelining: bool) {
    peer.say("220 there\r\n");
    peer.hear("HLO ");
    peer.say(if pipelining { "250-there\r\n250-PIPELINING\r\n250 8BITMIME\r\n" } else { "250 there\r\n" });
}

fn quit(mut peer: Peer) {
    peer.hear("QUIT");
    peer.say("221 bye\r\n");
}

#[test]
fn counts_what_was_acknowledged_and_tells_the_first_refusal() {
    let printed = run(
        "smtp --count 9 --from a@b.example --to c@d.example --size 1000",
        vec![Box::new(|mut peer| {
            greet(&mut peer, true);
            let mut seen = BTreeSet::new();
            for reply in ["250 taken\r\n", "250-taken\r\n250 indeed\r\n", "452 4.3.1 the disk is full\r\n"] {
                peer.hear("MAIL FROM:<a@b.example>");
                peer.hear("RCPT TO:<c@d.example>");
                peer.hear("DATA");
                peer.say("250 ok\r\n250 ok\r\n354 go\r\n");
                let message = peer.message();
                assert_eq!(message.len(), 1000 + 3);
                let id = message.lines().find(|line| line.starts_with("Message-ID: ")).unwrap();
                assert!(seen.insert(id.to_owned()), "{id} came twice");
                peer.say(reply);
            }
            peer.closed();
        })],
    );
    assert_eq!((&printed.object["operations"], &printed.object["errors"]), (&2.into(), &1.into()));
    assert_eq!(printed.object["latency_ms"].as_object().unwrap().len(), 4);
    assert!(!printed.success && printed.error.contains("452 4.3.1 the disk is full"), "{}", printed.error);
}

#[test]
fn waits_for_each_reply_without_pipelining_and_takes_a_new_connection_when_due() {
    let one = || {
        Box::new(|mut peer: Peer| {
            greet(&mut peer, false);
            for _ in 0..2 {
                for (command, reply) in [("MAIL", "250 ok\r\n"), ("RCPT", "250 ok\r\n"), ("DATA", "354 go\r\n")] {
                    peer.hear(command);
                    peer.say(reply);
                }
                peer.message();
                peer.say("250 taken\r\n");
            }
            quit(peer);
        })
    };
    let printed = run("smtp --count 4 --per-connection 2 --from a@b.example --to c@d.example", vec![one(), one()]);
    assert!(printed.success, "{}", printed.error);
    assert_eq!((&printed.object["operations"], &printed.object["messages"]), (&4.into(), &4.into()));
}

#[test]
fn lmtp_has_a_reply_for_each_recipient() {
    let script = |last: &'static str| -> Box<dyn FnOnce(Peer) + Send> {
        Box::new(move |mut peer| {
            peer.say("220 there\r\n");
            peer.hear("LHLO");
            peer.say("250 PIPELINING\r\n");
            peer.hear("MAIL");
            peer.hear("<c@d.example>");
            peer.hear("<e@d.example>");
            peer.hear("DATA");
            peer.say("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n");
            peer.message();
            peer.say("250 c has it\r\n");
            peer.say(last);
            if last.starts_with('2') { quit(peer) } else { peer.closed() }
        })
    };
    let arguments = "smtp --lmtp --count 1 --from a@b.example --to c@d.example --to e@d.example --recipients 2";
    let printed = run(arguments, vec![script("250 e has it\r\n")]);
    assert!(printed.success && printed.object["operations"] == 2, "{}", printed.object);
    let printed = run(arguments, vec![script("450 e is busy\r\n")]);
    assert!(!printed.success && printed.object["operations"] == 0, "{}", printed.object);
}

#[test]
fn a_server_that_closes_has_acknowledged_nothing() {
    let printed = run(
        "smtp --count 5 --from a@b.example --to c@d.example",
        vec![Box::new(|mut peer| {
            greet(&mut peer, true);
            peer.hear("MAIL");
        })],
    );
    assert!(!printed.success && printed.object["operations"] == 0 && printed.object["errors"] == 1);
}
