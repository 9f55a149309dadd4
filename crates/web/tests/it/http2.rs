//! HTTP/2: handlers end with their connection, and a connection has so many streams.
use crate::house::{House, anna, policy};
use axum::http::Request;
use h2::client;
use std::time::Duration;
use tokio::time::{Instant, timeout};

fn request(path: &str) -> Request<()> {
    let fields = anna();
    let (_, value) = fields.trim().split_once(": ").unwrap();
    Request::get(format!("https://mail.example.org{path}")).header("authorization", value).body(()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_so_many_streams_and_ends_when_it_is_idle() {
    let house = House::new(Some(policy())).await;
    let (client, _stop) = house.open();
    let (sender, connection) = client::handshake(client).await.unwrap();
    let connection = house.tasks.spawn(connection);
    let mut sender = sender.ready().await.unwrap();
    let (answer, _) = sender.send_request(request("/jmap/session"), true).unwrap();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(sender.current_max_send_streams(), 100);
    let mut body = answer.into_body();
    while let Some(piece) = body.data().await {
        body.flow_control().release_capacity(piece.unwrap().len()).unwrap();
    }
    let begun = Instant::now();
    // a client that answers pings is idle all the same
    timeout(Duration::from_secs(600), connection).await.unwrap().unwrap().ok();
    assert!((55..=75).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

/// A listener is a handler without end: when the client goes, it goes, and the server's task with it.
#[tokio::test(start_paused = true)]
async fn a_handler_ends_with_its_connection() {
    let house = House::new(None).await;
    let (client, _stop) = house.open();
    let (sender, connection) = client::handshake(client).await.unwrap();
    let connection = house.tasks.spawn(connection);
    let mut sender = sender.ready().await.unwrap();
    let (answer, _) = sender.send_request(request("/jmap/events?types=*&closeafter=no&ping=0"), true).unwrap();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 200);
    connection.abort();
    drop((sender, answer));
    house.tasks.close();
    timeout(Duration::from_secs(120), house.tasks.wait()).await.unwrap();
}
