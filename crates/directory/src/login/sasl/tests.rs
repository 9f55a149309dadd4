use super::*;

fn encode(bytes: &[u8]) -> Vec<u8> {
    BASE64.encode(bytes).into_bytes()
}

fn done(step: SaslStep) -> (String, String) {
    match step {
        SaslStep::Done(credentials) => (credentials.name, credentials.password.reveal().clone()),
        other => panic!("{other:?}"),
    }
}

fn failed(step: SaslStep) -> SaslError {
    match step {
        SaslStep::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn plain_with_and_without_an_initial_response() {
    // The example of RFC 4616, 4.
    let response = encode(b"\0tim\0tanstaaftanstaaf");
    let expected = ("tim".to_owned(), "tanstaaftanstaaf".to_owned());
    assert_eq!(done(Mechanism::Plain.begin(Some(&response))), expected);
    let SaslStep::Challenge("", exchange) = Mechanism::Plain.begin(None) else { panic!() };
    assert_eq!(done(exchange.respond(&response)), expected);
    assert_eq!(
        done(Mechanism::Plain.begin(Some(&encode("a@x.nl\0a@x.nl\0é".as_bytes())))),
        ("a@x.nl".into(), "é".into())
    );
}

#[test]
fn login_asks_twice() {
    let SaslStep::Challenge("VXNlcm5hbWU6", exchange) = Mechanism::Login.begin(None) else { panic!() };
    let SaslStep::Challenge("UGFzc3dvcmQ6", exchange) = exchange.respond(&encode(b"anna@x.nl")) else { panic!() };
    assert_eq!(done(exchange.respond(&encode(b"geheim"))), ("anna@x.nl".into(), "geheim".into()));
    // The name may come with the command.
    let SaslStep::Challenge("UGFzc3dvcmQ6", exchange) = Mechanism::Login.begin(Some(&encode(b"anna\0"))) else {
        panic!()
    };
    assert_eq!(done(exchange.respond(&encode(b"geheim\0"))), ("anna".into(), "geheim".into()));
}

#[test]
fn refusals() {
    let long = vec![b'A'; MAX_SASL_RESPONSE + 4];
    for (response, error) in [
        (b"*".as_slice(), SaslError::Cancelled),
        (b"=", SaslError::Malformed),
        (b"", SaslError::Malformed),
        (b"====", SaslError::BadBase64),
        (b"AHRpbQB0YQ", SaslError::BadBase64),
        (b"AHRpbQB0YR==", SaslError::BadBase64),
        (b" AHRpbQB0YQ==", SaslError::BadBase64),
        (b"AHRpbQB0YQ==\r", SaslError::BadBase64),
        (b"AHRp\r\nbQB0YQ==", SaslError::BadBase64),
        (&encode(b"tim\0geheim"), SaslError::Malformed),
        (&encode(b"\0tim\0geheim\0"), SaslError::Malformed),
        (&encode(b"\0\0geheim"), SaslError::Malformed),
        (&encode(b"\0tim\0"), SaslError::Malformed),
        (&encode(b"\0tim\0\xff"), SaslError::Malformed),
        (&encode(b"root\0tim\0geheim"), SaslError::OtherIdentity),
        (&long, SaslError::TooLong),
    ] {
        assert_eq!(failed(Mechanism::Plain.begin(Some(response))), error, "{}", response.escape_ascii());
    }
    let SaslStep::Challenge(_, exchange) = Mechanism::Login.begin(Some(&encode(b"anna"))) else { panic!() };
    assert_eq!(failed(exchange.respond(b"*")), SaslError::Cancelled);
    assert_eq!(failed(Mechanism::Login.begin(Some(&encode(b"an\0na")))), SaslError::Malformed);
}

#[test]
fn names() {
    assert_eq!(Mechanism::from_name("plain"), Some(Mechanism::Plain));
    assert_eq!(Mechanism::from_name("LoGiN"), Some(Mechanism::Login));
    assert_eq!(Mechanism::from_name("CRAM-MD5"), None);
}
