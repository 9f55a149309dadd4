//! Address lists: bounded, no control in any piece, groups that end.
use message::{Address, addresses as read};

pub(crate) fn addresses(data: &[u8]) {
    let mut room = 100;
    let (list, complete) = read(data, &mut room);
    assert!(list.len() <= 200);
    assert!(complete || room == 0);
    let mut inside = false;
    for address in &list {
        match address {
            Address::GroupStart(name) => {
                assert!(!std::mem::replace(&mut inside, true));
                sound(name);
            }
            Address::GroupEnd => assert!(std::mem::replace(&mut inside, false)),
            Address::Mailbox { name, route, local, domain } => {
                for piece in [name.as_ref(), route.as_ref(), Some(local), Some(domain)].into_iter().flatten() {
                    sound(piece);
                }
                let readable = address.readable().map(|readable| readable.address).unwrap_or_default();
                assert!(!readable.chars().any(char::is_control));
            }
        }
    }
    assert!(!inside);
}

fn sound(piece: &[u8]) {
    assert!(!piece.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
}
