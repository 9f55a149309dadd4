//! In which form a message goes to a server that offers less than it asks for (RFC 6152, 3; RFC 6531, 3.6).
use super::bench::{Bench, account};
use super::report::reports;
use super::server::Took;
use crate::{Body, Envelope, Notify, Origin};

const EIGHT_BIT: &str = "Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
    Content-Transfer-Encoding: 8bit\r\n\r\nhé\r\n.dot\r\n";

/// What a server that offers this takes of the message, and the status of the report where it takes nothing.
async fn sent(offers: &[&'static str], text: &str, change: impl FnOnce(&mut Envelope)) -> Result<Took, String> {
    let bench = Bench::new().await;
    let server = bench.domain("far.example", "192.0.2.1");
    server.change(|manners| manners.offers = offers.to_vec());
    bench.run().rest().await;
    let to = ["x@far.example"];
    bench.send_as(Origin::Submission, "anna@here.example", &to, text, Notify::default(), change).await;
    bench.rest().await;
    bench.rest().await;
    assert_eq!(bench.queued().await, 0);
    let took = server.took().pop();
    assert_eq!(bench.homes.count(account("anna")), usize::from(took.is_none()));
    match took {
        Some(took) => Ok(took),
        None => {
            let report = reports(&bench, "anna").await.remove(0);
            let status = report.lines().find_map(|line| line.strip_prefix("Status: ")).map(str::to_owned);
            Err(status.unwrap())
        }
    }
}

fn eight_bit(envelope: &mut Envelope) {
    envelope.body = Body::EightBitMime;
}

#[tokio::test(start_paused = true)]
async fn eight_bits_go_as_they_are_where_they_may() {
    let took = sent(&["8BITMIME", "SIZE"], EIGHT_BIT, eight_bit).await.unwrap();
    assert_eq!(took.data, EIGHT_BIT);
    assert!(took.mail.ends_with(&format!("SIZE={} BODY=8BITMIME", EIGHT_BIT.len())), "{}", took.mail);
}

#[tokio::test(start_paused = true)]
async fn eight_bits_are_encoded_for_a_server_of_seven() {
    // whether they were declared or not
    for body in [Body::SevenBit, Body::EightBitMime] {
        let took = sent(&["SIZE"], EIGHT_BIT, |envelope| envelope.body = body).await.unwrap();
        let expected = EIGHT_BIT.replace("8bit", "quoted-printable").replace('é', "=C3=A9").replace(".dot", "=2Edot");
        assert_eq!(took.data, expected);
        assert_eq!(took.mail, format!("MAIL FROM:<anna@here.example> SIZE={}", expected.len()));
    }
    let took = sent(&[], "Subject: a\r\n\r\nb\r\n", eight_bit).await.unwrap();
    assert_eq!((took.data.as_str(), took.mail.as_str()), ("Subject: a\r\n\r\nb\r\n", "MAIL FROM:<anna@here.example>"));
}

#[tokio::test(start_paused = true)]
async fn a_large_message_is_encoded_as_it_goes_by() {
    let text = format!("{EIGHT_BIT}{}", "één regel, en nog een\r\n".repeat(20_000));
    let took = sent(&["SIZE"], &text, eight_bit).await.unwrap();
    assert!(took.data.is_ascii());
    assert!(took.data.ends_with("=C3=A9=C3=A9n regel, en nog een\r\n"));
    assert_eq!(took.data.matches("=C3=A9=C3=A9n").count(), 20_000);
    assert!(took.mail.ends_with(&format!(" SIZE={}", took.data.len())));
    // and is too large then, if it is
    assert_eq!(sent(&["SIZE 550000"], &text, eight_bit).await.unwrap_err(), "5.3.4");
    sent(&["SIZE 550000", "8BITMIME"], &text, eight_bit).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_encoded_is_given_up() {
    let signed = "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=x\r\n\r\n--x\r\n\r\nhé\r\n--x--\r\n";
    for text in [signed, "Subject: no MIME\r\n\r\nhé\r\n", "Subject: hé\r\nMIME-Version: 1.0\r\n\r\nx\r\n"] {
        assert_eq!(sent(&["SIZE"], text, eight_bit).await.unwrap_err(), "5.6.3", "{text}");
        sent(&["8BITMIME"], text, eight_bit).await.unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn binary_is_encoded_for_a_server_of_lines() {
    let text = "MIME-Version: 1.0\r\nContent-Type: image/x\r\nContent-Transfer-Encoding: binary\r\n\r\n\0a\nb";
    let binary = |envelope: &mut Envelope| envelope.body = Body::Binary;
    for offers in [&["8BITMIME"][..], &[], &["8BITMIME", "BINARYMIME"]] {
        let took = sent(offers, text, binary).await.unwrap();
        assert!(took.data.ends_with("Content-Transfer-Encoding: base64\r\n\r\nAGEKYg==\r\n"), "{}", took.data);
        assert_eq!(took.mail, "MAIL FROM:<anna@here.example>");
    }
}

#[tokio::test(start_paused = true)]
async fn smtputf8_is_asked_for_where_it_is_needed() {
    let utf8 = |envelope: &mut Envelope| (envelope.utf8, envelope.body) = (true, Body::EightBitMime);
    let ascii = "Subject: a\r\n\r\nb\r\n";
    // a program that always asks for it
    let took = sent(&["8BITMIME"], ascii, utf8).await.unwrap();
    assert_eq!(took.mail, "MAIL FROM:<anna@here.example> BODY=8BITMIME");
    let took = sent(&[], EIGHT_BIT, utf8).await.unwrap();
    assert!(took.data.contains("h=C3=A9") && !took.mail.contains("UTF8"), "{took:?}");
    let header = "Subject: é\r\n\r\nb\r\n";
    assert_eq!(sent(&["8BITMIME"], header, utf8).await.unwrap_err(), "5.6.7");
    assert_eq!(sent(&[], header, utf8).await.unwrap_err(), "5.6.7");
    let took = sent(&["8BITMIME", "SMTPUTF8"], header, utf8).await.unwrap();
    assert_eq!(took.mail, "MAIL FROM:<anna@here.example> BODY=8BITMIME SMTPUTF8");
}
