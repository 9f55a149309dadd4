//! Names of cards (RFC 9553, 2.1.9).

/// A URN with a UUID of random bytes (RFC 9562, 5.4).
#[must_use]
pub fn new_uid(random: [u8; 16]) -> String {
    let number = u128::from_be_bytes(random) & !(0xf000 << 64) & !(0xc000 << 48) | (0x4000 << 64) | (0x8000 << 48);
    let hex = format!("{number:032x}");
    let part = |range| hex.get(range).unwrap_or_default();
    format!("urn:uuid:{}-{}-{}-{}-{}", part(0..8), part(8..12), part(12..16), part(16..20), part(20..32))
}

#[cfg(test)]
mod tests {
    use super::new_uid;

    #[test]
    fn it_is_a_random_uuid() {
        assert_eq!(new_uid([0; 16]), "urn:uuid:00000000-0000-4000-8000-000000000000");
        assert_eq!(new_uid([0xff; 16]), "urn:uuid:ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
