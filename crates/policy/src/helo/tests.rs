use super::*;
use HeloFault::*;
use proptest::prelude::*;
use world::scripted;

async fn judge(name: &[u8]) -> Result<(), HeloFault> {
    let (world, _, dns) = scripted::world();
    dns.host("mail.example.org", &["192.0.2.1".parse().unwrap()]).text("empty.example.org", b"x");
    dns.broken("broken.example.org").silent("silent.example.org");
    HeloPolicy::strict(["smtpclient.apple"]).judge(name, &*world.dns).await
}

#[tokio::test(start_paused = true)]
async fn good_names() {
    for name in [
        "laptop",
        "LAPTOP",
        "laptop.",
        "DESKTOP-AB12CD3",
        "123",
        "a",
        "mail.example.org",
        "MAIL.Example.Org",
        "mail.example.org.",
        "empty.example.org",
        "broken.example.org",
        "silent.example.org",
        "smtpclient.apple",
        "SMTPclient.Apple.",
        "[192.168.1.5]",
        "[127.0.0.1]",
        "[IPv6:fe80::1]",
        "[ipv6:::1]",
        "xn--bcher-kva",
    ] {
        assert_eq!(judge(name.as_bytes()).await, Ok(()), "{name}");
    }
    assert_eq!(judge("a".repeat(63).as_bytes()).await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn bad_names() {
    let long = "a".repeat(64);
    let longest = vec!["a".repeat(62); 5].join(".");
    for (name, fault) in [
        ("", Missing),
        ("localhost", Localhost),
        ("LocalHost.", Localhost),
        ("localhost.localdomain", Localhost),
        ("localdomain", Localhost),
        ("foo.localhost", Localhost),
        ("my_pc", BadCharacter),
        ("my pc", BadCharacter),
        ("pc\u{e9}", BadCharacter),
        ("pc\0", BadCharacter),
        ("a:b", BadCharacter),
        ("192.168.1.5]", BadCharacter),
        (".", Malformed),
        ("..", Malformed),
        ("a..b", Malformed),
        (".a", Malformed),
        ("a..", Malformed),
        ("-a", Malformed),
        ("a-", Malformed),
        ("a.-b.nl", Malformed),
        ("192.168.1.5", Malformed),
        ("1.2", Malformed),
        (&long, Malformed),
        (&longest, Malformed),
        ("[", BadLiteral),
        ("[]", BadLiteral),
        ("[192.168.1.5", BadLiteral),
        ("[192.168.1.256]", BadLiteral),
        ("[fe80::1]", BadLiteral),
        ("[IPv6:192.168.1.5]", BadLiteral),
        ("[x:y]", BadLiteral),
        ("nothing.example.org", DoesNotExist),
        ("laptop.fritz.box", DoesNotExist),
    ] {
        assert_eq!(judge(name.as_bytes()).await, Err(fault), "{name:?}");
    }
    assert_eq!(judge(b"pc\xff").await, Err(BadCharacter));
}

#[tokio::test(start_paused = true)]
async fn a_slow_resolver_costs_two_seconds_and_no_customer() {
    let started = tokio::time::Instant::now();
    assert_eq!(judge(b"silent.example.org").await, Ok(()));
    assert_eq!(started.elapsed(), DNS_TIMEOUT);
}

#[tokio::test]
async fn lenient_takes_anything_but_nothing() {
    let (world, ..) = scripted::world();
    for name in ["localhost", "my_pc", "\0", "nothing.example.org", "192.168.1.5"] {
        assert_eq!(HeloPolicy::lenient().judge(name.as_bytes(), &*world.dns).await, Ok(()));
    }
    assert_eq!(HeloPolicy::lenient().judge(b"", &*world.dns).await, Err(Missing));
}

#[test]
fn the_text_is_to_the_letter() {
    assert_eq!(
        DoesNotExist.text(b"pc.example"),
        "Bad HELO: pc.example does not exist - Please see RFC 2821 section 4.1.1.1"
    );
    assert_eq!(
        BadCharacter.text("p\u{e9}\0\r\nx".as_bytes()),
        "Bad HELO: p?????x does not exist - Please see RFC 2821 section 4.1.1.1"
    );
    assert!(Malformed.text(&[b'a'; 5000]).len() < 400);
}

proptest! {
    #[test]
    fn whatever_is_sent_the_text_is_one_line(name in proptest::collection::vec(any::<u8>(), 1..300)) {
        prop_assert!(Malformed.text(&name).bytes().all(|byte| (b' '..=b'~').contains(&byte)));
        let _ = syntax(&name);
    }
}
