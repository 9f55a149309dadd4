//! Tests of `Input`.
use super::*;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

const WAIT: Duration = Duration::from_secs(300);

fn input() -> (Input, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    (Input::new(Shared::new(Box::new(ours)), true), theirs)
}

fn crlf(text: &str) -> Line {
    Line::Complete { bytes: Bytes::copy_from_slice(text.as_bytes()), ending: LineEnding::Crlf }
}

#[tokio::test(start_paused = true)]
async fn lines_of_both_endings_and_the_end() {
    let (mut input, mut peer) = input();
    peer.write_all(b"one\r\n\r\ntwo\nthr\ree\r\nlast").await.unwrap();
    drop(peer);
    assert_eq!(input.line(100, WAIT).await.unwrap(), crlf("one"));
    assert_eq!(input.line(100, WAIT).await.unwrap(), crlf(""));
    let two = Line::Complete { bytes: Bytes::from_static(b"two"), ending: LineEnding::Lf };
    assert_eq!(input.line(100, WAIT).await.unwrap(), two);
    assert_eq!(input.line(100, WAIT).await.unwrap(), crlf("thr\ree"));
    assert!(matches!(input.line(100, WAIT).await, Err(InputError::Closed)));
}

#[tokio::test(start_paused = true)]
async fn a_long_line_is_skipped_and_never_buffered() {
    let (mut input, mut peer) = input();
    peer.write_all(&[b'x'; 500_000]).await.unwrap();
    peer.write_all(b"\r\nshort\r\n12345678\r\n123456789\r\nend\r\n").await.unwrap();
    assert_eq!(input.line(10, WAIT).await.unwrap(), Line::TooLong);
    assert_eq!(input.line(10, WAIT).await.unwrap(), crlf("short"));
    assert_eq!(input.line(10, WAIT).await.unwrap(), crlf("12345678"));
    assert_eq!(input.line(10, WAIT).await.unwrap(), Line::TooLong);
    assert_eq!(input.line(10, WAIT).await.unwrap(), crlf("end"));
    assert_eq!(input.buffer.capacity(), 0);
}

#[tokio::test(start_paused = true)]
async fn at_most_the_limit_is_buffered_of_an_unfinished_line() {
    let (mut input, mut peer) = input();
    peer.write_all(&[b'x'; 4095]).await.unwrap();
    assert!(matches!(input.line(4096, WAIT).await, Err(InputError::TimedOut)));
    assert_eq!(input.buffered().len(), 4095);
    peer.write_all(b"x").await.unwrap();
    // dropped while skipping: the next call goes on
    assert!(matches!(input.line(4096, WAIT).await, Err(InputError::TimedOut)));
    assert_eq!(input.buffered().len(), 0);
    peer.write_all(b"rest\r\nnext\r\n").await.unwrap();
    assert_eq!(input.line(4096, WAIT).await.unwrap(), Line::TooLong);
    assert_eq!(input.line(4096, WAIT).await.unwrap(), crlf("next"));
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_for_the_whole_line() {
    let (mut input, mut peer) = input();
    let dripping = async {
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_secs(5)).await;
            if peer.write_all(b"x").await.is_err() {
                break;
            }
        }
    };
    let started = Instant::now();
    tokio::select! {
        () = dripping => panic!("no deadline"),
        line = input.line(4096, WAIT) => assert!(matches!(line, Err(InputError::TimedOut))),
    }
    assert_eq!(started.elapsed(), WAIT);
}

#[tokio::test(start_paused = true)]
async fn too_much_waiting_to_be_used_is_an_error() {
    let (mut input, mut peer) = input();
    peer.write_all(&[b'x'; 100_000]).await.unwrap();
    for _ in 0..4 {
        assert_eq!(input.fill().await.unwrap(), Input::READ);
    }
    assert_eq!(input.fill().await.unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    assert_eq!(input.take(60_000).len(), 60_000);
    input.consume(usize::MAX);
    assert_eq!((input.buffered().len(), input.buffer.capacity()), (0, 0));
    assert_eq!(input.fill().await.unwrap(), Input::READ);
}

#[tokio::test(start_paused = true)]
async fn dripping_data_runs_out_of_time() {
    let (mut input, mut peer) = input();
    let mut pace = Pace::new();
    peer.write_all(&[b'x'; 1000]).await.unwrap();
    assert_eq!(input.fill_paced(&mut pace).await.unwrap(), 1000);
    let started = Instant::now();
    assert_eq!(input.fill_paced(&mut pace).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert_eq!(started.elapsed(), Duration::from_secs(12));
}

#[tokio::test(start_paused = true)]
async fn tls_on_a_plain_port_gets_an_alert() {
    let hello: [&[u8]; 2] = [b"\x16\x03\x01\x02\x00\x01", b"\x16"];
    for first in hello {
        let (mut input, mut peer) = input();
        peer.write_all(first).await.unwrap();
        if first.len() == 1 {
            assert!(matches!(input.line(100, WAIT).await, Err(InputError::TimedOut)));
            peer.write_all(b"\x03\n").await.unwrap();
        }
        assert!(matches!(input.line(100, WAIT).await, Err(InputError::TlsOnPlainPort)));
        drop(input);
        let mut answer = Vec::new();
        peer.read_to_end(&mut answer).await.unwrap();
        assert_eq!(answer, [0x15, 3, 1, 0, 2, 2, 40]);
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_first_bytes_can_be_tls() {
    let (mut input, mut peer) = input();
    peer.write_all(b"x\r\n").await.unwrap();
    assert_eq!(input.line(100, WAIT).await.unwrap(), crlf("x"));
    peer.write_all(b"\x16\x03\x01\r\n").await.unwrap();
    assert_eq!(input.line(100, WAIT).await.unwrap(), crlf("\x16\x03\x01"));
}

/// What `line` must give, computed from the whole text.
fn expected(text: &[u8], limit: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n")) {
        lines.push(if line.len() > limit {
            Line::TooLong
        } else if let Some(bytes) = line.strip_suffix(b"\r\n") {
            Line::Complete { bytes: Bytes::copy_from_slice(bytes), ending: LineEnding::Crlf }
        } else {
            Line::Complete { bytes: Bytes::copy_from_slice(&line[..line.len() - 1]), ending: LineEnding::Lf }
        });
    }
    lines
}

proptest! {
    #[test]
    fn any_segments_give_the_same_lines(
        segments in prop::collection::vec("[ab\r\n]{0,9}", 0..12),
        limit in 1..12_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (mut input, mut peer) = input();
            let sending = async move {
                for segment in &segments {
                    peer.write_all(segment.as_bytes()).await.unwrap();
                    tokio::task::yield_now().await;
                }
                segments.concat()
            };
            let reading = async {
                let mut lines = Vec::new();
                while let Ok(line) = input.line(limit, WAIT).await {
                    lines.push(line);
                }
                lines
            };
            let (text, lines) = tokio::join!(sending, reading);
            prop_assert_eq!(lines, expected(text.as_bytes(), limit));
            Ok(())
        })?;
    }
}
