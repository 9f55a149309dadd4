//! A stream in DEFLATE, both ways (RFC 4978, 4; RFC 1951).
//!
//! Reading inflates no more than the reader has room for, so what a few bytes grow to waits in them; and never past the
//! end of a flush, since the peer may say there that it compresses no more (RFC 8437, 4.1). Writing waits once
//! [`WAITING`] compressed bytes have not been taken; a flush ends in a byte that the peer can read up to.
use crate::Stream;
use crate::undeflated::Undeflated;
use miniz_oxide::deflate::core::{CompressorOxide, create_comp_flags_from_zip_params};
use miniz_oxide::inflate::stream::InflateState;
use miniz_oxide::{DataFormat, MZError, MZFlush, MZStatus, StreamResult};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Compressed bytes of one read.
const READ: usize = 4 * 1024;
/// Compressed bytes that wait for the peer before more is compressed.
const WAITING: usize = 16 * 1024;
/// What a flush of the peer ends in: an empty block that is stored (RFC 1951, 3.2.4), from which on bytes are whole again.
pub(crate) const FLUSHED: [u8; 4] = [0, 0, 0xff, 0xff];
/// Bytes that are compressed at a time.
const PIECE: usize = 16 * 1024;
/// How hard is tried: little is gained above, for mail in base64.
const LEVEL: i32 = 3;
/// 2^15 bytes of window, without the header of zlib.
const RAW: i32 = -15;

/// A stream whose bytes are compressed on the way.
pub(crate) struct Deflated {
    inner: Box<dyn Stream>,
    inflate: Box<InflateState>,
    read: Vec<u8>,
    used: usize,
    /// The last bytes that were used: whether they are the end of a flush.
    last: [u8; 4],
    deflate: Box<CompressorOxide>,
    written: Vec<u8>,
    taken: usize,
    /// Something was written since the last flush.
    unflushed: bool,
}

impl Deflated {
    pub(crate) fn new(inner: Box<dyn Stream>) -> Self {
        Self {
            inner,
            inflate: InflateState::new_boxed(DataFormat::Raw),
            read: Vec::new(),
            used: 0,
            last: [0; 4],
            deflate: Box::new(CompressorOxide::new(create_comp_flags_from_zip_params(LEVEL, RAW, 0))),
            written: Vec::new(),
            taken: 0,
            unflushed: false,
        }
    }

    /// The stream without compression, from the end of the peer's flush on; what was written must be flushed.
    pub(crate) fn into_plain(mut self) -> Undeflated {
        let read = self.read.split_off(self.used.min(self.read.len()));
        Undeflated::new(self.inner, read, self.last)
    }

    /// Compresses all of `bytes` into what waits to be written.
    fn compress(&mut self, mut bytes: &[u8], flush: MZFlush) -> io::Result<()> {
        let mut piece = [0; READ];
        loop {
            let StreamResult { bytes_consumed, bytes_written, status } =
                miniz_oxide::deflate::stream::deflate(&mut self.deflate, bytes, &mut piece, flush);
            self.written.extend_from_slice(piece.get(..bytes_written).unwrap_or_default());
            bytes = bytes.get(bytes_consumed..).unwrap_or_default();
            match status {
                // It says that there was nothing to do.
                Ok(_) | Err(MZError::Buf) if bytes.is_empty() && bytes_written < piece.len() => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(io::Error::other(format!("compression failed: {error:?}"))),
            }
        }
    }

    /// Hands on what is compressed.
    fn poll_hand_on(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.taken < self.written.len() {
            let waiting = self.written.get(self.taken..).unwrap_or_default();
            match ready!(Pin::new(&mut *self.inner).poll_write(cx, waiting))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                count => self.taken += count,
            }
        }
        (self.written, self.taken) = (Vec::new(), 0);
        Poll::Ready(Ok(()))
    }

    fn poll_flush_all(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if std::mem::take(&mut self.unflushed) {
            self.compress(&[], MZFlush::Sync)?;
        }
        self.poll_hand_on(cx)
    }
}

impl AsyncRead for Deflated {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            let packed = this.read.get(this.used..).unwrap_or_default();
            let flushed = packed.windows(FLUSHED.len()).position(|window| window == FLUSHED);
            let packed = packed.get(..flushed.map_or(packed.len(), |at| at + FLUSHED.len())).unwrap_or_default();
            let room = into.initialize_unfilled();
            let StreamResult { bytes_consumed, bytes_written, status } =
                miniz_oxide::inflate::stream::inflate(&mut this.inflate, packed, room, MZFlush::None);
            for byte in packed.get(..bytes_consumed).unwrap_or_default().iter().rev().take(4).rev() {
                this.last.rotate_left(1);
                this.last[3] = *byte;
            }
            this.used += bytes_consumed;
            if bytes_written > 0 || into.remaining() == 0 {
                into.advance(bytes_written);
                return Poll::Ready(Ok(()));
            }
            match status {
                // The peer has ended its stream, and not the connection: nothing that it says can be read any more.
                Ok(MZStatus::StreamEnd) => return Poll::Ready(Err(io::ErrorKind::InvalidData.into())),
                Ok(_) | Err(MZError::Buf) if this.used == this.read.len() => {}
                // A flush within the bytes has ended.
                Err(MZError::Buf) if bytes_consumed > 0 => continue,
                Ok(_) if bytes_consumed > 0 => continue,
                Ok(_) | Err(_) => return Poll::Ready(Err(io::ErrorKind::InvalidData.into())),
            }
            let mut piece = [0; READ];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut *this.inner).poll_read(cx, &mut piece))?;
            if piece.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            (this.read, this.used) = (piece.filled().to_vec(), 0);
        }
    }
}

impl AsyncWrite for Deflated {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.written.len() - self.taken >= WAITING {
            ready!(self.poll_hand_on(cx))?;
        }
        let piece = bytes.get(..bytes.len().min(PIECE)).unwrap_or_default();
        self.unflushed = true;
        self.compress(piece, MZFlush::None)?;
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_flush_all(cx))?;
        Pin::new(&mut *self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_flush_all(cx))?;
        Pin::new(&mut *self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    fn pair(pipe: usize) -> (Deflated, Deflated) {
        let (one, other) = tokio::io::duplex(pipe);
        (Deflated::new(Box::new(one)), Deflated::new(Box::new(other)))
    }

    #[tokio::test]
    async fn a_flush_can_be_read() {
        let (mut one, mut other) = pair(1024);
        let mut heard = [0; 6];
        for _ in 0..3 {
            one.write_all(b"hello\n").await.unwrap();
            one.flush().await.unwrap();
            other.read_exact(&mut heard).await.unwrap();
            assert_eq!(&heard, b"hello\n");
        }
        one.shutdown().await.unwrap();
        drop(one);
        assert_eq!(other.read(&mut heard).await.unwrap(), 0);
    }

    /// However the bytes are cut, the end of the flush is no part of what follows it.
    #[tokio::test]
    async fn what_follows_the_last_flush_is_plain() {
        let mut sent = Deflated::new(Box::new(tokio::io::empty()));
        for line in ["a\n", "b\n"] {
            sent.compress(line.as_bytes(), MZFlush::Sync).unwrap();
        }
        sent.written.extend_from_slice(b"plain\n");
        for cut in 0..sent.written.len() {
            let (one, mut other) = tokio::io::duplex(1024);
            let mut one = Deflated::new(Box::new(one));
            let (first, second) = sent.written.split_at(cut);
            let written = async {
                other.write_all(first).await.unwrap();
                tokio::task::yield_now().await;
                other.write_all(second).await.unwrap();
                drop(other);
            };
            let heard = async {
                let (mut heard, mut piece) = (Vec::new(), [0; 64]);
                while heard != b"a\nb\n" {
                    let read = one.read(&mut piece).await.unwrap();
                    heard.extend_from_slice(&piece[..read]);
                    assert!(read > 0 && heard.len() <= 4, "{cut}");
                }
                let (mut one, mut plain) = (one.into_plain(), Vec::new());
                one.read_to_end(&mut plain).await.unwrap();
                assert_eq!(plain, b"plain\n", "{cut}");
            };
            tokio::join!(written, heard);
        }
    }

    #[tokio::test]
    async fn what_is_no_deflate_is_an_error() {
        let (mut plain, packed) = tokio::io::duplex(1024);
        let mut packed = Deflated::new(Box::new(packed));
        plain.write_all(&[0xff; 64]).await.unwrap();
        assert!(packed.read(&mut [0; 64]).await.is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]

        #[test]
        fn both_ends_agree(
            pieces in prop::collection::vec(
                (prop::collection::vec(any::<u8>(), 0..300), 1_usize..400, any::<bool>()), 1..8,
            ),
            pipe in 1_usize..5_000,
            room in 1_usize..5_000,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let (mut one, mut other) = pair(pipe);
                let wanted: Vec<u8> = pieces.iter().flat_map(|(piece, times, _)| piece.repeat(*times)).collect();
                let said = async {
                    for (piece, times, flushed) in &pieces {
                        one.write_all(&piece.repeat(*times)).await.unwrap();
                        if *flushed {
                            one.flush().await.unwrap();
                        }
                    }
                    one.shutdown().await.unwrap();
                    drop(one);
                };
                let heard = async {
                    let (mut heard, mut piece) = (Vec::new(), vec![0; room]);
                    while let Ok(read @ 1..) = other.read(&mut piece).await {
                        heard.extend_from_slice(&piece[..read]);
                    }
                    heard
                };
                let ((), heard) = tokio::join!(said, heard);
                assert!(heard == wanted);
            });
        }
    }
}
