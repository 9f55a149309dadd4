//! gzip (RFC 1952): the frame around DEFLATE.

/// One member with these bytes.
pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    // RFC 1952, 2.3: no name, no time, system unknown
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    out.extend(miniz_oxide::deflate::compress_to_vec(bytes, 6));
    out.extend(crc32(bytes).to_le_bytes());
    // RFC 1952, 2.3.1: the size modulo 2^32
    out.extend(u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or(u32::MAX).to_le_bytes());
    out
}

/// RFC 1952, 8: bit by bit, since a report a day is short.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_is_right() {
        // the check value of this CRC
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        let text = b"to be or not to be ".repeat(100);
        let packed = gzip(&text);
        assert_eq!(&packed[..4], [0x1f, 0x8b, 8, 0]);
        let end = packed.len() - 8;
        assert_eq!(miniz_oxide::inflate::decompress_to_vec(&packed[10..end]).unwrap(), text);
        assert_eq!(packed[end..], [crc32(&text).to_le_bytes(), 1_900_u32.to_le_bytes()].concat());
    }
}
