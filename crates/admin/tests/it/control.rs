//! The same acts over a control connection.
use crate::place::{Place, address, domain, place, secret};
use admin::control::{Control, ask};
use admin::{AccountAct, AliasAct, DomainAct, Error, Request, Response};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};
use transport::scripted;

fn connect(place: &Place) -> DuplexStream {
    scripted::serve(&Control::new(Arc::clone(&place.admin)), scripted::peer("127.0.0.1:1"), None)
}

#[tokio::test]
async fn asks_and_answers() {
    let place = place().await;
    let mut connection = connect(&place);
    let answer = ask(&mut connection, &Request::Domain(DomainAct::Show { domain: domain() })).await.unwrap();
    assert!(matches!(answer, Response::Domain(view) if view.domain == domain()));
    let add = AliasAct::Add { address: address("info@example.org"), targets: vec![address("x@elders.example")] };
    assert_eq!(ask(&mut connection, &Request::Alias(add.clone())).await, Ok(Response::Done));
    assert!(matches!(ask(&mut connection, &Request::Alias(add)).await, Err(Error::Exists(_))));
}

#[tokio::test]
async fn what_is_no_request_gets_an_answer_without_its_text() {
    let place = place().await;
    let mut connection = BufReader::new(connect(&place));
    for wrong in [
        "geheim\n",
        "\n",
        "{}\n",
        "{\"account\":{\"password\":{\"address\":\"a\",\"password\":\"geheim\"}}}\n",
        "{\"domain\":{\"show\":{\"domain\":\"example.org\",\"geheim\":1}}}\n",
    ] {
        connection.write_all(wrong.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_line(&mut answer).await.unwrap();
        assert!(answer.starts_with("{\"error\":{\"kind\":\"bad-request\""), "{answer}");
        assert!(!answer.contains("geheim"), "{answer}");
    }
    // Nested without end: refused, not followed.
    connection.write_all(format!("{}\n", "[".repeat(100_000)).as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_line(&mut answer).await.unwrap();
    assert!(answer.contains("bad-request"), "{answer}");
    // Half a line is no request.
    connection.write_all(b"{\"domain\":\"list\"}").await.unwrap();
    connection.shutdown().await.unwrap();
    let mut rest = String::new();
    connection.read_to_string(&mut rest).await.unwrap();
    assert_eq!(rest, "");
}

#[tokio::test]
async fn few_at_once() {
    let place = place().await;
    let control = Control::new(Arc::clone(&place.admin));
    let serve = || scripted::serve(&control, scripted::peer("127.0.0.1:1"), None);
    let mut open: Vec<_> = (0..8).map(|_| serve()).collect();
    for connection in &mut open {
        assert!(ask(connection, &Request::Domain(DomainAct::List)).await.is_ok());
    }
    let refused = ask(serve(), &Request::Domain(DomainAct::List)).await;
    assert!(matches!(refused, Err(Error::Unavailable(_))), "{refused:?}");
    open.pop();
    tokio::task::yield_now().await;
    assert!(ask(serve(), &Request::Domain(DomainAct::List)).await.is_ok());
}

#[test]
fn the_wire() {
    for (request, line) in [
        (Request::Domain(DomainAct::List), "{\"domain\":\"list\"}"),
        (
            Request::Account(AccountAct::Password { address: address("anna@example.org"), password: secret("geheim") }),
            "{\"account\":{\"password\":{\"address\":\"anna@example.org\",\"password\":\"geheim\"}}}",
        ),
        (
            Request::Account(AccountAct::Quota { address: address("anna@example.org"), quota: None }),
            "{\"account\":{\"quota\":{\"address\":\"anna@example.org\",\"quota\":null}}}",
        ),
    ] {
        assert_eq!(serde_json::to_string(&request).unwrap(), line);
        let read: Request = serde_json::from_str(line).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), line);
        assert!(!format!("{request:?}").contains("geheim"));
    }
}
