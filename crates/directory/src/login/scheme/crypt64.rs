//! The base64 of crypt(3): its own alphabet, least significant bits first.

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Appends `characters` characters for the three bytes at the places `at` of `digest`, the first one highest.
/// A place beyond the digest counts as zero.
pub(super) fn push(text: &mut String, digest: &[u8], at: [usize; 3], characters: usize) {
    let mut bits = at.iter().fold(0_u32, |bits, &at| bits << 8 | digest.get(at).copied().map_or(0, u32::from));
    for _ in 0..characters {
        let character = usize::try_from(bits & 63).ok().and_then(|index| ALPHABET.get(index)).copied();
        text.push(character.map_or('.', char::from));
        bits >>= 6;
    }
}

/// Whether `text` is `length` characters of the alphabet.
pub(super) fn fits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| ALPHABET.contains(&byte))
}
