//! The id of a principal: the number of its account, which nobody guesses, and its address, by which it is found again.
use data_encoding::BASE64URL_NOPAD;
use names::{AccountId, Address};

/// The longest id (RFC 8620, 1.2).
const MAX_ID: usize = 255;

/// The id of who has an account. An address that is too long for one makes no principal.
pub(crate) fn principal_id(account: AccountId, address: &Address) -> Option<String> {
    let id = format!("p{:016x}{}", account.0, BASE64URL_NOPAD.encode(address.to_string().as_bytes()));
    (id.len() <= MAX_ID).then_some(id)
}

/// Whom an id means, in the one spelling that is told.
pub(super) fn read(id: &str) -> Option<(AccountId, Address)> {
    let (number, address) = id.strip_prefix('p')?.split_at_checked(16)?;
    let account = AccountId(u64::from_str_radix(number, 16).ok()?);
    let address = BASE64URL_NOPAD.decode(address.as_bytes()).ok()?;
    let address: Address = String::from_utf8(address).ok()?.parse().ok()?;
    (principal_id(account, &address).as_deref() == Some(id)).then_some((account, address))
}

#[cfg(test)]
mod tests {
    use super::{principal_id, read};
    use names::{AccountId, Address};

    #[test]
    fn an_id_is_read_in_one_spelling() {
        let anna: Address = "anna@example.org".parse().unwrap();
        let id = principal_id(AccountId(0xa1), &anna).unwrap();
        assert_eq!(id, "p00000000000000a1YW5uYUBleGFtcGxlLm9yZw");
        assert_eq!(read(&id), Some((AccountId(0xa1), anna)));
        for wrong in ["", "p", "x", "p00000000000000A1YW5uYUBleGFtcGxlLm9yZw", &id[1..], &format!("{id}="), "pé"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        let long: Address =
            format!("{}@{}.nl", "a".repeat(64), ["b".repeat(60), "c".repeat(60)].join(".")).parse().unwrap();
        assert_eq!(principal_id(AccountId(1), &long), None);
    }
}
