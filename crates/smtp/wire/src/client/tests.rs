use super::*;
use crate::{Body, ByMode, DeliverBy, HoldFor, Mail, Notify, Priority, Rcpt, Ret, ReversePath};
use data_encoding::BASE64;
use proptest::prelude::*;

fn rcpt(name: &str) -> Rcpt {
    Rcpt::parse(format!("TO:<{name}@example.org> NOTIFY=FAILURE").as_bytes(), crate::Quirks::STRICT).unwrap()
}

fn transaction(names: &[&str]) -> Transaction {
    let mail = Mail { ret: Some(Ret::Headers), envid: Some("q1".into()), ..Mail::from(ReversePath::Null) };
    Transaction { mail, recipients: names.iter().map(|name| rcpt(name)).collect(), size: 100 }
}

/// Plays a conversation: what the server says, what the client answers; gives the events.
struct Play {
    client: Client,
    events: Vec<Event>,
}

impl Play {
    fn new(dialect: Dialect) -> Self {
        Self { client: Client::new(dialect, "me.example"), events: Vec::new() }
    }

    fn hear(&mut self, text: &str) -> &mut Self {
        let text = text.replace('\n', "\r\n");
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let (used, event) = self.client.receive(rest).unwrap();
            assert!(used > 0);
            rest = &rest[used..];
            self.events.extend(event);
        }
        self
    }

    fn says(&mut self, text: &str) -> &mut Self {
        assert_eq!(String::from_utf8(self.client.outgoing()).unwrap().replace("\r\n", "\n"), text);
        self
    }

    fn event(&mut self) -> Event {
        assert_eq!(self.events.len(), 1, "{:?}", self.events);
        self.events.remove(0)
    }

    fn finished(&mut self) -> Vec<u16> {
        match self.event() {
            Event::Finished(replies) => replies.iter().map(|reply| reply.code).collect(),
            other => panic!("{other:?}"),
        }
    }

    fn ready(offers: &str) -> Self {
        let mut play = Self::new(Dialect::Smtp);
        play.hear("220 hello\n").says("EHLO me.example\n").hear(&format!("250-you\n{offers}250 HELP\n"));
        assert_eq!(play.event(), Event::Ready);
        play
    }
}

#[test]
fn what_is_asked_of_time_and_ways_goes_where_it_is_offered() {
    let by = |seconds, mode| Some(DeliverBy { seconds, mode, trace: true });
    let sent = |offers: &str, mail: Mail| {
        let mut play = Play::ready(offers);
        play.client.send(&Transaction { mail, ..transaction(&["a"]) })?;
        let said = String::from_utf8(play.client.outgoing()).unwrap();
        Ok(said.lines().next().unwrap_or_default().to_owned())
    };
    let mail = || Mail::from(ReversePath::Null);
    let asks = || Mail { priority: Priority::new(3), by: by(90, ByMode::Notify), ..mail() };
    assert_eq!(sent("", asks()), Ok("MAIL FROM:<>".to_owned()));
    let offers = "250-MT-PRIORITY\n250-DELIVERBY 100\n";
    assert_eq!(sent(offers, asks()), Ok("MAIL FROM:<> BY=90;NT MT-PRIORITY=3".to_owned()));
    assert_eq!(sent("", Mail { hold: Some(HoldFor::Seconds(5)), ..mail() }), Ok("MAIL FROM:<>".to_owned()));
    let back = |seconds| Mail { by: by(seconds, ByMode::Return), ..mail() };
    assert_eq!(sent("", back(500)), Err(Unsendable::NeedsDeliverBy));
    assert_eq!(sent(offers, back(99)), Err(Unsendable::TooSoon { seconds: 100 }));
    assert_eq!(sent(offers, back(100)), Ok("MAIL FROM:<> BY=100;RT".to_owned()));
    let safe = || Mail { require_tls: true, ..mail() };
    assert_eq!(sent("", safe()), Err(Unsendable::NeedsRequireTls));
    assert_eq!(sent("250-REQUIRETLS\n", safe()), Ok("MAIL FROM:<> REQUIRETLS".to_owned()));
}

#[test]
fn pipelines_and_answers_by_recipient() {
    let mut play = Play::ready("250-PIPELINING\n250-SIZE 1000\n250-DSN\n");
    play.client.send(&transaction(&["a", "b", "c"])).unwrap();
    play.says(
        "MAIL FROM:<> SIZE=100 RET=HDRS ENVID=q1\nRCPT TO:<a@example.org> NOTIFY=FAILURE\n\
         RCPT TO:<b@example.org> NOTIFY=FAILURE\nRCPT TO:<c@example.org> NOTIFY=FAILURE\n",
    );
    play.hear("250 ok\n250 ok\n550 5.1.1 no b\n").says("");
    play.hear("251 ok\n").says("DATA\n").hear("354 go\n");
    assert_eq!(play.event(), Event::SendBody(BodyForm::DotStuffed));
    play.client.body_sent();
    play.hear("250 done\n");
    assert_eq!(play.finished(), [250, 550, 250]);
    // and the next one without RSET
    play.client.send(&transaction(&["a"])).unwrap();
    play.says("MAIL FROM:<> SIZE=100 RET=HDRS ENVID=q1\nRCPT TO:<a@example.org> NOTIFY=FAILURE\n");
    play.hear("250 ok\n250 ok\n").says("DATA\n").hear("451 later\n");
    assert_eq!(play.finished(), [451]);
    play.client.quit();
    play.says("QUIT\n").hear("221 bye\n");
    assert_eq!(play.event(), Event::Bye);
    assert!(play.client.is_over());
}

#[test]
fn one_by_one_without_pipelining_and_without_extensions() {
    let mut play = Play::new(Dialect::Smtp);
    play.hear("220 hello\n").says("EHLO me.example\n").hear("502 what\n").says("HELO me.example\n").hear("250 you\n");
    assert_eq!(play.event(), Event::Ready);
    play.client.send(&transaction(&["a", "b"])).unwrap();
    play.says("MAIL FROM:<>\n").hear("250 ok\n").says("RCPT TO:<a@example.org>\n").hear("450 busy\n");
    play.says("RCPT TO:<b@example.org>\n").hear("550 no\n").says("");
    assert_eq!(play.finished(), [450, 550]);
    // what was begun is taken back before the next message
    play.client.send(&transaction(&["a"])).unwrap();
    play.says("RSET\n").hear("250 ok\n").says("MAIL FROM:<>\n").hear("552 full\n");
    assert_eq!(play.finished(), [552]);
    play.client.send(&transaction(&["a"])).unwrap();
    play.says("MAIL FROM:<>\n");
}

#[test]
fn a_refused_sender_is_the_answer_for_all() {
    let mut play = Play::ready("250-PIPELINING\n");
    play.client.send(&transaction(&["a", "b"])).unwrap();
    play.client.outgoing();
    play.hear("550 5.7.1 not you\n503 order\n").says("");
    assert!(play.events.is_empty());
    play.hear("250 strange\n");
    assert_eq!(play.finished(), [550, 550]);
}

#[test]
fn a_yes_to_data_is_no_delivery() {
    for yes in ["250 fine\n", "220 hello\n", "299 done\n"] {
        let mut play = Play::ready("250-PIPELINING\n");
        play.client.send(&transaction(&["a", "b"])).unwrap();
        play.client.outgoing();
        play.hear("250 ok\n250 ok\n550 no b\n").says("DATA\n").hear(yes);
        assert_eq!(play.finished(), [451, 550], "the message was never sent");
        play.client.send(&transaction(&["a"])).unwrap();
        assert!(play.client.outgoing().starts_with(b"RSET\r\n"));
    }
}

#[test]
fn the_end_of_the_connection_is_the_answer_for_who_has_none() {
    let mut play = Play::ready("250-PIPELINING\n");
    play.client.send(&transaction(&["a", "b"])).unwrap();
    play.hear("250 ok\n550 no a\n421 going down\n");
    assert_eq!(play.finished(), [550, 421]);
    assert!(play.client.is_over());
    assert_eq!(play.client.send(&transaction(&["a"])), Err(Unsendable::NotReady));
    for greeting in ["554 no\n", "421 busy\n"] {
        let mut play = Play::new(Dialect::Smtp);
        play.hear(greeting);
        assert!(matches!(play.event(), Event::Refused(_)));
        assert!(play.client.is_over());
    }
}

#[test]
fn starttls_forgets_what_came_before() {
    let mut play = Play::ready("250-STARTTLS\n250-PIPELINING\n");
    assert!(play.client.capabilities().starttls);
    play.client.outgoing();
    play.client.start_tls();
    // RFC 3207, 5: what is behind the 220 was not said by the other end of the TLS connection
    play.says("STARTTLS\n").hear("220 go\n250-injected\n250 AUTH PLAIN\n");
    assert_eq!(play.event(), Event::StartTls);
    play.client.tls_started();
    play.says("EHLO me.example\n").hear("250 you\n");
    assert_eq!(play.event(), Event::Ready);
    assert_eq!(play.client.capabilities(), &Capabilities { name: "you".to_owned(), ..Capabilities::default() });
    let mut play = Play::ready("250-STARTTLS\n");
    play.client.start_tls();
    play.says("STARTTLS\n").hear("454 no certificate\n");
    assert!(matches!(play.event(), Event::TlsRefused(_)));
    play.client.quit();
    play.says("QUIT\n");
}

#[test]
fn lmtp_answers_for_each_recipient() {
    let mut play = Play::new(Dialect::Lmtp);
    play.hear("220 hello\n").says("LHLO me.example\n").hear("250-you\n250 PIPELINING\n");
    assert_eq!(play.event(), Event::Ready);
    play.client.send(&transaction(&["a", "b", "c"])).unwrap();
    play.client.outgoing();
    play.hear("250 ok\n250 a\n550 b\n250 c\n").says("DATA\n").hear("354 go\n");
    play.event();
    play.client.body_sent();
    play.hear("250 a\n").hear("452 c\n");
    assert_eq!(play.finished(), [250, 550, 452]);
}

#[test]
fn what_was_answered_before_the_connection_broke_is_known() {
    let codes = |play: &mut Play| -> Vec<Option<u16>> {
        play.client.broken_off().iter().map(|reply| reply.as_ref().map(|reply| reply.code)).collect()
    };
    let until = |dialect: Dialect, answers: &str| {
        let mut play = Play::new(dialect);
        play.hear("220 hello\n").hear("250-you\n250 PIPELINING\n");
        play.event();
        play.client.send(&transaction(&["a", "b", "c", "d"])).unwrap();
        play.hear("250 ok\n250 a\n550 b\n250 c\n250 d\n").hear("354 go\n");
        play.event();
        play.client.body_sent();
        play.hear(answers);
        play
    };
    assert_eq!(codes(&mut until(Dialect::Lmtp, "250 a\n452 c\n")), [Some(250), Some(550), Some(452), None]);
    assert_eq!(codes(&mut until(Dialect::Smtp, "")), [None, Some(550), None, None]);
    let mut play = until(Dialect::Lmtp, "250 a\n");
    assert_eq!(play.client.replies(), 9);
    assert!(play.client.receive(b"segmentation fault\r\n").is_err());
    assert!(play.client.is_over());
    assert_eq!(codes(&mut play), [Some(250), Some(550), None, None]);
    assert_eq!(codes(&mut play), []);
    assert_eq!(codes(&mut Play::ready("")), []);
}

#[test]
fn binary_goes_by_bdat_or_not_at_all() {
    let mut message = transaction(&["a"]);
    message.mail.body = Some(Body::BinaryMime);
    let mut play = Play::ready("250-PIPELINING\n");
    assert_eq!(play.client.send(&message), Err(Unsendable::NeedsBinaryMime));
    let mut play = Play::ready("250-PIPELINING\n250-CHUNKING\n250-BINARYMIME\n");
    play.client.send(&message).unwrap();
    play.says("MAIL FROM:<> BODY=BINARYMIME\nRCPT TO:<a@example.org>\n").hear("250 ok\n250 ok\n");
    play.says("BDAT 100 LAST\n");
    assert_eq!(play.event(), Event::SendBody(BodyForm::Raw));
    play.client.body_sent();
    play.hear("250 done\n");
    assert_eq!(play.finished(), [250]);
}

#[test]
fn what_the_server_lacks() {
    let mut play = Play::ready("250-SIZE 99\n");
    assert_eq!(play.client.send(&transaction(&["a"])), Err(Unsendable::TooLarge { limit: 99 }));
    assert_eq!(play.client.send(&transaction(&[])), Err(Unsendable::NoRecipient));
    let mut message = transaction(&["a"]);
    message.mail.utf8 = true;
    assert_eq!(play.client.send(&message), Err(Unsendable::NeedsUtf8));
    let mut message = transaction(&["a"]);
    message.mail.body = Some(Body::EightBitMime);
    assert_eq!(Play::ready("").client.send(&message), Err(Unsendable::NeedsEightBit));
    message.mail.body = Some(Body::SevenBit);
    Play::ready("").client.send(&message).unwrap();
    assert_eq!(message.recipients[0].notify, Some(Notify { failure: true, ..Notify::default() }));
}

#[test]
fn an_unasked_reply_is_an_error() {
    let mut play = Play::ready("");
    assert!(matches!(play.client.receive(b"250 surprise\r\n"), Err(ClientError::Unasked(_))));
    assert!(play.client.is_over());
}

proptest! {
    /// Whatever the server says, in whatever order, nothing breaks and each recipient gets at most one answer.
    #[test]
    fn any_server(replies in proptest::collection::vec(prop_oneof![Just(250_u16), Just(354), Just(450), Just(550), Just(421)], 0..12)) {
        let mut play = Play::ready("250-PIPELINING\n");
        play.client.send(&transaction(&["a", "b"])).unwrap();
        for code in replies {
            match play.client.receive(format!("{code} x\r\n").as_bytes()) {
                Err(_) => break,
                Ok((_, Some(Event::SendBody(_)))) => play.client.body_sent(),
                Ok((_, Some(Event::Finished(replies)))) => {
                    prop_assert_eq!(replies.len(), 2);
                    break;
                }
                Ok(_) => {}
            }
        }
    }
}

#[test]
fn a_login_by_plain_or_by_login() {
    let mut play = Play::ready("250-AUTH LOGIN PLAIN\n");
    assert!(play.client.log_in("us", "geheim"));
    play.says("AUTH PLAIN AHVzAGdlaGVpbQ==\n").hear("235 2.7.0 welcome\n");
    assert_eq!(play.event(), Event::LoggedIn);
    play.client.send(&transaction(&["a"])).unwrap();
    let mut play = Play::ready("250-AUTH CRAM-MD5 LOGIN\n");
    assert!(play.client.log_in("us", "geheim"));
    play.says("AUTH LOGIN\n").hear("334 VXNlcm5hbWU6\n").says("dXM=\n").hear("334 UGFzc3dvcmQ6\n").says("Z2VoZWlt\n");
    play.hear("235 2.7.0 welcome\n");
    assert_eq!(play.event(), Event::LoggedIn);
}

#[test]
fn a_long_login_is_said_when_it_is_asked_for_and_none_prints() {
    let password = "x".repeat(1_024);
    let mut play = Play::ready("250-AUTH PLAIN\n");
    assert!(play.client.log_in("us", &password));
    let answer = BASE64.encode(format!("\0us\0{password}").as_bytes());
    assert!(!format!("{:?}", play.client).contains(&answer));
    play.says("AUTH PLAIN\n").hear("334 \n").says(&format!("{answer}\n")).hear("235 in\n");
    assert_eq!(play.event(), Event::LoggedIn);
    // the longest that a line takes
    for (octets, first) in [(368, 509), (369, 12)] {
        let mut play = Play::ready("250-AUTH PLAIN\n");
        assert!(play.client.log_in("us", &"x".repeat(octets)));
        assert!(!format!("{:?}", play.client).contains("AUTH"));
        assert_eq!(play.client.outgoing().len(), first, "{octets}");
    }
}

#[test]
fn a_login_that_is_refused_or_not_offered() {
    let mut play = Play::ready("250-AUTH CRAM-MD5\n");
    assert!(!play.client.log_in("us", "geheim"));
    play.says("");
    let mut play = Play::ready("250-AUTH PLAIN\n");
    assert!(play.client.log_in("us", "geheim"));
    play.says("AUTH PLAIN AHVzAGdlaGVpbQ==\n").hear("535 5.7.8 no\n");
    assert!(matches!(play.event(), Event::LoginRefused(reply) if reply.code == 535));
    play.client.quit();
    play.says("QUIT\n");
    // it asks without end
    let mut play = Play::ready("250-AUTH PLAIN\n");
    assert!(play.client.log_in("us", "geheim"));
    play.says("AUTH PLAIN AHVzAGdlaGVpbQ==\n").hear("334 more\n");
    assert!(matches!(play.event(), Event::LoginRefused(reply) if reply.code == 334));
    assert!(play.client.is_over());
}
