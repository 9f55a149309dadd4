//! COMPRESS (RFC 4978) with a client that compresses, and what a few of its bytes can grow to (docs/security.md, I13).
use crate::stage::House;
use miniz_oxide::deflate::core::{CompressorOxide, create_comp_flags_from_zip_params};
use miniz_oxide::inflate::stream::InflateState;
use miniz_oxide::{DataFormat, MZFlush};
use store::Flags;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// A client, plain until it compresses.
struct Client {
    stream: DuplexStream,
    heard: Vec<u8>,
    packing: Option<(Box<CompressorOxide>, Box<InflateState>)>,
}

impl Client {
    async fn new(house: &mut House) -> Self {
        let mut client = Self { stream: house.open(), heard: Vec::new(), packing: None };
        client.until("ready\r\n").await;
        client.say("l LOGIN anna geheim").await;
        client.until("welcome\r\n").await;
        client
    }

    fn compress(&mut self) {
        let flags = create_comp_flags_from_zip_params(6, -15, 0);
        self.packing = Some((Box::new(CompressorOxide::new(flags)), InflateState::new_boxed(DataFormat::Raw)));
    }

    async fn say(&mut self, line: &str) {
        self.send(format!("{line}\r\n").as_bytes()).await.unwrap();
    }

    async fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.send_up_to(bytes, MZFlush::Sync).await
    }

    async fn send_up_to(&mut self, mut bytes: &[u8], flush: MZFlush) -> std::io::Result<()> {
        let Some((packer, _)) = &mut self.packing else { return self.stream.write_all(bytes).await };
        let mut piece = vec![0; 64 * 1024];
        loop {
            let done = miniz_oxide::deflate::stream::deflate(packer, bytes, &mut piece, flush);
            bytes = &bytes[done.bytes_consumed..];
            self.stream.write_all(&piece[..done.bytes_written]).await?;
            if bytes.is_empty() && done.bytes_written < piece.len() {
                return Ok(());
            }
        }
    }

    /// Reads up to `end`, or the end of the stream; gives what was said.
    async fn until(&mut self, end: &str) -> String {
        let mut piece = vec![0; 4096];
        while !self.heard.windows(end.len()).any(|window| window == end.as_bytes()) {
            let read = self.stream.read(&mut piece).await.unwrap();
            if read == 0 {
                break;
            }
            let Some((_, unpacker)) = &mut self.packing else {
                self.heard.extend_from_slice(&piece[..read]);
                continue;
            };
            let (mut packed, mut room) = (&piece[..read], vec![0; 64 * 1024]);
            loop {
                let done = miniz_oxide::inflate::stream::inflate(unpacker, packed, &mut room, MZFlush::None);
                packed = &packed[done.bytes_consumed..];
                self.heard.extend_from_slice(&room[..done.bytes_written]);
                if packed.is_empty() && done.bytes_written < room.len() {
                    break;
                }
            }
        }
        String::from_utf8(std::mem::take(&mut self.heard)).unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_compressed_is_the_same() {
    let mut house = House::new().await;
    let long = format!("Subject: lang\r\n\r\n{}", "regel na regel\r\n".repeat(20_000));
    house.deliver("INBOX", long.as_bytes(), Flags::default()).await.unwrap();
    let mut client = Client::new(&mut house).await;
    client.say("a COMPRESS DEFLATE").await;
    client.until("a OK compress from now on\r\n").await;
    client.compress();
    client.say("b SELECT INBOX").await;
    assert!(client.until("b OK [READ-WRITE] the mailbox is open\r\n").await.contains("* 1 EXISTS"));
    client.say("c FETCH 1 BODY.PEEK[]").await;
    assert!(client.until("c OK done\r\n").await.contains(&long));
    client.say("d COMPRESS DEFLATE").await;
    assert!(client.until("\r\n").await.starts_with("d BAD "));
    client.say("e LOGOUT").await;
    assert!(client.until("e OK").await.contains("* BYE"));
}

/// docs/security.md, I13: a line that grows and never ends is not waited for.
#[tokio::test(start_paused = true)]
async fn i13_a_bomb_ends_its_session() {
    let mut house = House::new().await;
    let mut client = Client::new(&mut house).await;
    client.say("a COMPRESS DEFLATE").await;
    client.until("a OK compress from now on\r\n").await;
    client.compress();
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        // The server hangs up on the way.
        if client.send(&zeros).await.is_err() {
            break;
        }
    }
    assert!(client.until("* BYE [TOOBIG]").await.contains("* BYE [TOOBIG] the line is too long"));
}

/// RFC 3501, 3.4: whoever ends the stream that he compresses, and not the connection, hears why nothing follows.
#[tokio::test(start_paused = true)]
async fn the_end_of_the_compressed_stream_has_a_bye() {
    let mut house = House::new().await;
    for (finish, garbage) in [(MZFlush::Finish, &b""[..]), (MZFlush::Sync, &[0xff; 64])] {
        let mut client = Client::new(&mut house).await;
        client.say("a COMPRESS DEFLATE").await;
        client.until("a OK compress from now on\r\n").await;
        client.compress();
        client.send_up_to(b"b NOOP\r\n", finish).await.unwrap();
        client.stream.write_all(garbage).await.unwrap();
        let heard = client.until("any more\r\n").await;
        assert_eq!(heard, "b OK done\r\n* BYE nothing that comes can be read any more\r\n");
    }
}

/// RFC 8437, 4.1: the client compresses no more behind UNAUTHENTICATE, the server no more behind its answer.
#[tokio::test(start_paused = true)]
async fn compression_ends_with_the_login() {
    let mut house = House::new().await;
    let mut client = Client::new(&mut house).await;
    for round in 0..2 {
        client.say("a COMPRESS DEFLATE").await;
        client.until("a OK compress from now on\r\n").await;
        client.compress();
        client.say("b NOOP").await;
        client.until("b OK done\r\n").await;
        client.say("c UNAUTHENTICATE").await;
        // What follows may be on its way before the answer has come.
        client.stream.write_all(b"d LOGIN anna ge").await.unwrap();
        client.until("who is next?\r\n").await;
        client.packing = None;
        client.say("heim").await;
        assert!(client.until("welcome\r\n").await.starts_with("d OK "), "{round}");
    }
}
