//! Tables and splits for PROXY headers.
use super::*;
use proptest::prelude::*;

fn v2(command: u8, family: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    bytes.extend([command, family]);
    bytes.extend(u16::try_from(body.len()).unwrap().to_be_bytes());
    bytes.extend(body);
    bytes
}

fn complete(bytes: &[u8]) -> Option<(Told, usize)> {
    match parse(bytes) {
        Ok(Header::Complete { told, used }) => Some((told, used)),
        _ => None,
    }
}

fn client(source: &str, destination: &str) -> Told {
    Told::Client { source: source.parse().unwrap(), destination: destination.parse().unwrap() }
}

const V4: &[u8] = &[192, 0, 2, 1, 198, 51, 100, 2, 0x12, 0x34, 0, 25];

#[test]
fn good_headers() {
    let v6 = [[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]; 2].concat();
    let mapped = [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1]; 2].concat();
    let ports = [0, 1, 0, 2];
    for (bytes, told) in [
        (b"PROXY UNKNOWN\r\n".to_vec(), Told::Itself),
        (b"PROXY UNKNOWN ffff:f...f:ffff anything 65535\r\n".to_vec(), Told::Itself),
        (b"PROXY TCP4 192.0.2.1 198.51.100.2 4660 25\r\n".to_vec(), client("192.0.2.1:4660", "198.51.100.2:25")),
        (b"PROXY TCP6 2001:db8::1 ::1 0 65535\r\n".to_vec(), client("[2001:db8::1]:0", "[::1]:65535")),
        (b"PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n".to_vec(), client("192.0.2.1:1", "[::1]:2")),
        (v2(0x20, 0x00, b""), Told::Itself),
        (v2(0x20, 0x11, b"anything"), Told::Itself),
        (v2(0x21, 0x00, b"anything"), Told::Itself),
        (v2(0x21, 0x11, V4), client("192.0.2.1:4660", "198.51.100.2:25")),
        (v2(0x21, 0x11, &[V4, &[4, 0, 0, 3, 0, 2, 9, 9]].concat()), client("192.0.2.1:4660", "198.51.100.2:25")),
        (v2(0x21, 0x21, &[v6.as_slice(), &ports].concat()), client("[2001:db8::1]:1", "[2001:db8::1]:2")),
        (v2(0x21, 0x21, &[mapped.as_slice(), &ports].concat()), client("192.0.2.1:1", "192.0.2.1:2")),
    ] {
        assert_eq!(complete(&bytes), Some((told, bytes.len())), "{bytes:?}");
        let behind = [bytes.as_slice(), b"EHLO x\r\n"].concat();
        assert_eq!(complete(&behind), Some((told, bytes.len())), "{bytes:?}");
    }
}

#[test]
fn bad_headers() {
    let long = format!("PROXY UNKNOWN {}\r\n", "x".repeat(100));
    for bytes in [
        b"EHLO x\r\n".to_vec(),
        b"\r\n".iter().chain(b"x").copied().collect(),
        b"PROXY\r\n".to_vec(),
        b"PROXY TCP4\r\n".iter().chain(b"12345678").copied().collect(),
        b"PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n".to_vec(),
        b"PROXY TCP4 ::1 ::1 1 2\r\n".to_vec(),
        b"PROXY TCP6 192.0.2.1 192.0.2.2 1 2\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 192.0.2.2 +1 2\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n".to_vec(),
        b"PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.\xff 192.0.2.2 1 2\r\n".to_vec(),
        long.into_bytes(),
        vec![b'P'; 200],
        v2(0x11, 0x11, V4),
        v2(0x22, 0x11, V4),
        v2(0x21, 0x12, V4),
        v2(0x21, 0x31, &[0; 216]),
        v2(0x21, 0x11, V4.get(..11).unwrap()),
        v2(0x21, 0x11, &[V4, &[4]].concat()),
        v2(0x21, 0x11, &[V4, &[4, 0, 2, 1]].concat()),
        v2(0x21, 0x11, &[0; 4097]),
    ] {
        assert!(parse(&bytes).is_err(), "{bytes:?}");
    }
}

/// What arrives through `read` when the stream gives its bytes in pieces, and what is left behind the header.
fn read_in_pieces(bytes: &[u8], piece: usize) -> (Option<Told>, Vec<u8>) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut builder: Vec<&[u8]> = bytes.chunks(piece.max(1)).collect();
        builder.reverse();
        let mut stream = Pieces(builder);
        let told = read(&mut stream).await.ok();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        (told, rest)
    })
}

struct Pieces<'a>(Vec<&'a [u8]>);

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        into: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<io::Result<()>> {
        if let Some(piece) = self.0.pop() {
            let (now, later) = piece.split_at(piece.len().min(into.remaining()));
            into.put_slice(now);
            if !later.is_empty() {
                self.0.push(later);
            }
        }
        std::task::Poll::Ready(Ok(()))
    }
}

#[test]
fn every_split_gives_the_same_and_nothing_behind_is_read() {
    for header in [
        b"PROXY UNKNOWN\r\n".to_vec(),
        b"PROXY TCP4 192.0.2.1 198.51.100.2 4660 25\r\n".to_vec(),
        v2(0x20, 0, b""),
        v2(0x21, 0x11, &[V4, &[3, 0, 2, 9, 9]].concat()),
    ] {
        let (told, _) = complete(&header).unwrap();
        let bytes = [header.as_slice(), b"EHLO x\r\n"].concat();
        for piece in 1..=bytes.len() {
            assert_eq!(read_in_pieces(&bytes, piece), (Some(told), b"EHLO x\r\n".to_vec()));
        }
        for cut in 0..header.len() {
            assert!(matches!(parse(&header[..cut]), Ok(Header::Incomplete { need }) if need <= header.len() - cut));
            assert_eq!(read_in_pieces(&header[..cut], 3).0, None);
        }
    }
}

proptest! {
    #[test]
    fn anything_is_answered_the_same_when_more_follows(bytes in prop::collection::vec(any::<u8>(), 0..64), v2 in any::<bool>()) {
        let bytes = [if v2 { SIGNATURE.as_slice() } else { b"PROXY TCP4 " }, &bytes].concat();
        if let Ok(Header::Complete { told, used }) = parse(&bytes) {
            prop_assert!(used <= bytes.len());
            prop_assert_eq!(parse(&bytes[..used]), Ok(Header::Complete { told, used }));
        }
    }
}
