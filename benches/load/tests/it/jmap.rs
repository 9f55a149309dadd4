//! The works that speak JMAP.
use crate::imap::user_file;
use crate::peer::{Peer, program, run, serve};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

const EVENTS: &str = "GET /jmap/events?types=Email&closeafter=no&ping=0 HTTP/1.1";
const BEGUN: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n:\n\r\n";
const TOLD: &str = "{\"@type\":\"StateChange\",\"changed\":{}}";

fn request_file() -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    write!(file, "{{}}").unwrap();
    file
}

fn asked(peer: &mut Peer) {
    let head = peer.request("POST /api HTTP/1.1");
    for line in ["Host: localhost\r\n", "Authorization: Basic dTpw\r\n", "Content-Length: 2\r\n"] {
        assert!(head.contains(line), "{head}");
    }
    assert_eq!(peer.octets(2), "{}");
}

fn delivered(peer: &mut Peer) {
    peer.say("220 hello\r\n");
    peer.hear("EHLO");
    peer.say("250 hello\r\n");
    for (command, reply) in [("MAIL", "250 ok\r\n"), ("RCPT TO:<u@d.example>", "250 ok\r\n"), ("DATA", "354 go on\r\n")]
    {
        peer.hear(command);
        peer.say(reply);
    }
    peer.message();
    peer.say("250 taken\r\n");
}

#[test]
fn asks_on_one_connection_whichever_way_a_body_ends() {
    let file = request_file();
    let printed = run(
        &format!("ask --user u --password p --path /api --request {} --repeat 2 --before 1", file.path().display()),
        vec![Box::new(|mut peer| {
            asked(&mut peer);
            peer.trickle("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n[one]");
            asked(&mut peer);
            peer.trickle(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[tw\r\nB;x\r\no, and more\r\n0\r\n\r\n",
            );
            asked(&mut peer);
            peer.say("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n[three]");
            peer.closed();
        })],
    );
    assert!(printed.success, "{}", printed.error);
    assert_eq!((&printed.object["operations"], &printed.object["bytes"]), (&2.into(), &21.into()));
}

#[test]
fn a_method_that_fails_and_another_status_are_faults() {
    let file = request_file();
    for (answer, part) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n[[\"error\",{}]", "an answer of each method"),
        ("HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "401 No"),
    ] {
        let printed = run(
            &format!("ask --user u --password p --path /api --request {} --before 0", file.path().display()),
            vec![Box::new(move |mut peer| {
                asked(&mut peer);
                peer.say(answer);
            })],
        );
        assert!(!printed.success && printed.error.contains(part), "{}", printed.error);
    }
}

#[test]
fn listeners_are_held_until_a_line_comes() {
    let users = user_file();
    let (port, server) = serve(vec![Box::new(|mut peer| {
        let head = peer.request(EVENTS);
        assert!(head.contains("Authorization: Basic dTpw\r\n"), "{head}");
        peer.say(BEGUN);
        peer.closed();
    })]);
    let mut child = program(port, &format!("listen --sessions 1 --hold --user-file {}", users.path().display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap());
    lines.read_line(&mut line).unwrap();
    assert_eq!(line, "{\"ready\":true}\n");
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    line.clear();
    lines.read_line(&mut line).unwrap();
    assert!(line.contains("\"operations\":1"), "{line}");
    assert!(child.wait().unwrap().success());
    server.join().unwrap();
}

/// A listener at one port, the mail server at another: what the first says comes when the second has taken the message.
fn told(by: &str, listener: Box<dyn FnOnce(Peer, std::sync::mpsc::Receiver<()>) + Send>) -> crate::peer::Printed {
    let users = user_file();
    let (taken, when) = std::sync::mpsc::sync_channel(1);
    let (mail, mailing) = serve(vec![Box::new(move |mut peer| {
        delivered(&mut peer);
        taken.send(()).unwrap();
        peer.hear("QUIT");
        peer.say("221 bye\r\n");
    })]);
    let printed = run(
        &format!(
            "listen --sessions 1 --by {by} --rounds 1 --deliver 127.0.0.1:{mail} --user-file {}",
            users.path().display()
        ),
        vec![Box::new(move |peer| listener(peer, when))],
    );
    mailing.join().unwrap();
    printed
}

#[test]
fn a_change_is_heard_by_event_source() {
    let printed = told(
        "event-source",
        Box::new(|mut peer, when| {
            peer.request(EVENTS);
            peer.say(BEGUN);
            when.recv().unwrap();
            peer.say(&format!("47\r\nid: 1\nevent: state\ndata: {TOLD}\n\n\r\n"));
            peer.closed();
        }),
    );
    assert!(printed.success, "{}", printed.error);
    assert_eq!((&printed.object["operations"], &printed.object["lost"]), (&1.into(), &0.into()));
}

#[test]
fn a_change_is_heard_by_web_socket() {
    let printed = told(
        "web-socket",
        Box::new(|mut peer, when| {
            let head = peer.request("GET /jmap/ws HTTP/1.1");
            assert!(head.contains("Sec-WebSocket-Protocol: jmap\r\n"), "{head}");
            peer.say("HTTP/1.1 101 Switching Protocols\r\n\r\n");
            for part in ["WebSocketPushEnable", "\"Request\""] {
                let head = peer.bytes(2);
                assert_eq!((head[0], head[1] & 0x80), (0x81, 0x80), "a masked frame of text");
                let length = if head[1] == 0xfe { usize::from(peer.bytes(2)[1]) } else { usize::from(head[1] & 0x7f) };
                assert_eq!(peer.bytes(4), [0; 4]);
                let text = peer.octets(length);
                assert!(text.contains(part), "{text}");
            }
            // a ping of nothing before the answer, and a StateChange when the message is taken
            peer.raw(&[0x89, 0]);
            peer.raw(&[0x81, 2]);
            peer.say("{}");
            when.recv().unwrap();
            peer.raw(&[0x81, u8::try_from(TOLD.len()).unwrap()]);
            peer.say(TOLD);
            peer.closed();
        }),
    );
    assert!(printed.success, "{}", printed.error);
    assert_eq!((&printed.object["operations"], &printed.object["lost"]), (&1.into(), &0.into()));
}
