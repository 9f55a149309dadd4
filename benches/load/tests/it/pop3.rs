//! POP3.
use crate::peer::run;

#[test]
fn reads_each_message_to_its_dot() {
    let printed = run(
        "pop3 --user u --password p --count 2",
        vec![Box::new(|mut peer| {
            peer.say("+OK hello\r\n");
            for (command, reply) in [
                ("USER u", "+OK\r\n"),
                ("PASS p", "+OK\r\n"),
                ("UIDL", "+OK\r\n1 a\r\n2 b\r\n3 c\r\n.\r\n"),
                ("RETR 1", "+OK\r\nSubject: x\r\n\r\n..\r\n.\r\n"),
                ("RETR 2", "+OK\r\n.\r\n"),
                ("QUIT", "+OK\r\n"),
            ] {
                peer.hear(command);
                peer.trickle(reply);
            }
        })],
    );
    assert!(printed.success, "{}", printed.error);
    assert_eq!((&printed.object["operations"], &printed.object["bytes"]), (&2.into(), &18.into()));
}

#[test]
fn a_mailbox_with_fewer_messages_is_a_fault() {
    let printed = run(
        "pop3 --user u --password p --count 2",
        vec![Box::new(|mut peer| {
            peer.say("+OK hello\r\n");
            for (command, reply) in [("USER", "+OK\r\n"), ("PASS", "+OK\r\n"), ("UIDL", "+OK\r\n1 a\r\n.\r\n")] {
                peer.hear(command);
                peer.say(reply);
            }
            peer.closed();
        })],
    );
    assert!(!printed.success && printed.error.contains("1 messages"), "{}", printed.error);
}
