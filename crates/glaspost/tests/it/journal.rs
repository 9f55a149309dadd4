//! What a running provider leaves in its journal, read from the disk when it has stopped.
use engines::{Embedded, Settings};
use journal::{Cause, Class, Event, Query, Reader, Refused};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use world::{SystemClock, UnixTime};

const ANNA: &str = "anna@telfortglasvezel.nl";

/// A demo, and what it says of itself.
struct Demo {
    child: Child,
    facts: Value,
}

impl Demo {
    fn start(folder: &Path) -> Self {
        let log = fs::File::create(folder.with_extension("log")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_glaspost"));
        command.args(["demo", "--json", "--ports", "free", "--accounts", "0", "--dir"]).arg(folder);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { facts: serde_json::from_str(&line).unwrap(), child }
    }

    /// Says `lines` to a listener, each after the answer to the one before it; gives the answers.
    fn talk(&self, listener: &str, lines: &[&str]) -> Vec<String> {
        let all = self.facts["listeners"].as_array().unwrap();
        let found = all.iter().find(|known| known["name"] == listener).unwrap();
        let place = (found["address"].as_str().unwrap(), u16::try_from(found["port"].as_u64().unwrap()).unwrap());
        let mut stream = TcpStream::connect(place).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
        let mut said = vec![answers.next().unwrap().unwrap()];
        for line in lines {
            stream.write_all(format!("{line}\r\n").as_bytes()).unwrap();
            said.push(answers.next().unwrap().unwrap());
        }
        said
    }

    fn stop(mut self) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGTERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until a message has come to the world outside.
#[expect(clippy::disallowed_methods, reason = "nobody tells when a file is there")]
fn wait_for_a_message(outside: &Path) {
    for _ in 0..400 {
        if fs::read_dir(outside).unwrap().any(|file| file.unwrap().path().extension().is_some_and(|end| end == "eml")) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nothing came to {}", outside.display());
}

/// Every event, oldest first.
async fn events(data: &Path) -> Vec<Event> {
    let engine = Embedded::open(data, Arc::new(SystemClock), Settings::default()).unwrap();
    let query = Query {
        from: UnixTime::from_secs(0),
        to: UnixTime::from_millis(u64::MAX),
        classes: Class::ALL.to_vec(),
        limit: 1_000,
        after: None,
    };
    let page = Reader::new(Arc::new(engine)).find(&query).await.unwrap();
    assert_eq!(page.next, None);
    page.entries.into_iter().rev().map(|entry| entry.event).collect()
}

#[tokio::test]
async fn each_session_and_each_delivery_leaves_its_events() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(&folder.path().join("demo"));
    let to_anna = format!("RCPT TO:<{ANNA}>");
    let from_anna = format!("MAIL FROM:<{ANNA}>");
    let said = demo.talk(
        "mx",
        &[
            "HELO mail.example.org",
            "MAIL FROM:<renee@buren.example>",
            "RCPT TO:<nobody@telfortglasvezel.nl>",
            &to_anna,
            "DATA",
            "Subject: x\r\n\r\nhallo\r\n.",
            "QUIT",
        ],
    );
    assert!(said[3].starts_with("550 5.1.1") && said[6].starts_with("250 2.0.0"), "{said:?}");
    let sent = "From: <anna@telfortglasvezel.nl>\r\nSubject: x\r\n\r\nhallo\r\n.";
    let said = demo.talk("relay", &["HELO pc", &from_anna, "RCPT TO:<kees@elders.example>", "DATA", sent, "QUIT"]);
    assert!(said[5].starts_with("250 2.0.0"), "{said:?}");
    let said = demo.talk("submission", &["EHLO localhost", "QUIT"]);
    assert!(said[1].starts_with("550 Bad HELO"), "{said:?}");
    let user = format!("USER {ANNA}");
    assert!(demo.talk("pop3", &[&user, "PASS fout", "QUIT"])[2].starts_with("-ERR"));
    assert!(demo.talk("pop3", &[&user, "PASS glaspost-demo", "QUIT"])[2].starts_with("+OK"));
    let login = format!("a LOGIN {ANNA} glaspost-demo");
    assert!(demo.talk("imap", &[&login, "b LOGOUT"])[1].starts_with("a OK"));
    // the queue brings it away
    wait_for_a_message(&folder.path().join("demo/outside"));
    demo.stop();

    let events = events(&folder.path().join("demo/data")).await;
    let has = |what: &str, is: &dyn Fn(&Event) -> bool| assert!(events.iter().any(is), "{what}: {events:#?}");
    for name in ["mx", "relay", "submission", "pop3", "imap"] {
        has(
            name,
            &|event| matches!(event, Event::SessionOpened { peer } if &*peer.listener == name && peer.remote.ip().is_loopback()),
        );
        has(name, &|event| matches!(event, Event::SessionClosed { peer, .. } if &*peer.listener == name));
    }
    has("a name refused", &|event| {
        matches!(event, Event::Refused { what: Refused::Helo, subject, cause: Cause::HeloNameIsLocalhost, .. }
            if subject.as_str() == "localhost")
    });
    has("a recipient refused", &|event| {
        matches!(event, Event::Refused { what: Refused::Recipient, cause: Cause::RecipientUnknown, subject, .. }
            if subject.as_str().contains("nobody@"))
    });
    has(
        "a login refused",
        &|event| matches!(event, Event::LoginRefused { peer, cause: Cause::WrongPassword, .. } if &*peer.listener == "pop3"),
    );
    for name in ["pop3", "imap"] {
        has(name, &|event| matches!(event, Event::LoginAccepted { peer, .. } if &*peer.listener == name));
    }
    let accepted = |sender: &str| {
        let found = events.iter().find_map(|event| match event {
            Event::Accepted { delivery, sender: from, peer: Some(_), recipients: 1, .. } if from.as_str() == sender => {
                Some(delivery.clone())
            }
            _ => None,
        });
        found.unwrap_or_else(|| panic!("{sender}: {events:#?}"))
    };
    let (came, left) = (accepted("renee@buren.example"), accepted(ANNA));
    has("stored", &|event| matches!(event, Event::Stored { delivery, .. } if *delivery == came));
    has("relayed", &|event| {
        matches!(event, Event::Relayed(attempt) if attempt.delivery == left
            && attempt.recipient.as_str() == "kees@elders.example" && attempt.server.is_some())
    });
}
