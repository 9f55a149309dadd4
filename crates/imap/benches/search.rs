//! What a client waits for at a SEARCH and a FETCH over 1,000 messages: the whole session, on the store in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench that cannot go on has failed")]
#![allow(dead_code, unreachable_pub, reason = "the stage is that of the tests")]
use criterion::{Criterion, Throughput};
use store::Flags;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

#[path = "../tests/it/stage.rs"]
mod stage;
use stage::House;

const MESSAGES: u64 = 1_000;

/// Says a command, and reads until it is done.
async fn say(client: &mut DuplexStream, command: &str) -> usize {
    client.write_all(format!("a {command}\r\n").as_bytes()).await.unwrap();
    let (mut piece, mut end, mut heard) = (vec![0; 64 * 1024], Vec::new(), 0);
    loop {
        let read = client.read(&mut piece).await.unwrap();
        assert!(read > 0, "the session ended");
        heard += read;
        end.extend_from_slice(&piece[..read]);
        end.drain(..end.len().saturating_sub(4096));
        let done = String::from_utf8_lossy(&end).lines().last().is_some_and(|line| line.starts_with("a OK"));
        if done && end.ends_with(b"\r\n") {
            return heard;
        }
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut client = runtime.block_on(async {
        let mut house = House::new().await;
        for number in 0..MESSAGES {
            let text = "Een regel tekst van gewone lengte, waarin geen dier voorkomt.\r\n".repeat(130);
            let last = if number % 100 == 7 { "quokka" } else { "wombat" };
            let letter = format!("From: a@example.nl\r\nSubject: letter {number}\r\n\r\n{text}{last}\r\n");
            house.deliver("INBOX", letter.as_bytes(), Flags::default()).await.unwrap();
        }
        let mut client = house.open();
        client.write_all(b"").await.unwrap();
        say(&mut client, "LOGIN anna geheim").await;
        say(&mut client, "SELECT INBOX").await;
        client
    });
    let mut group = criterion.benchmark_group("1,000 messages of 8 KiB");
    group.throughput(Throughput::Elements(MESSAGES)).sample_size(20);
    for command in [
        "SEARCH SUBJECT \"letter 7\"",
        "SEARCH BODY QUOKKA",
        "FETCH 1:* (ENVELOPE BODYSTRUCTURE)",
        "FETCH 1:* BODY.PEEK[]",
    ] {
        group.bench_function(command, |bencher| {
            bencher.iter(|| runtime.block_on(say(&mut client, command)));
        });
    }
    group.finish();
    criterion.final_summary();
}
