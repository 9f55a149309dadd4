//! The shape of THREAD (RFC 5256, 5, thread-list), read without recursion.
use crate::{Cursor, Error};

/// What has been read of a list.
#[derive(Debug, Clone, Copy, Default)]
struct List {
    messages: usize,
    lists: usize,
}

/// `[SP 1*thread-list]`: the messages, in the order in which they are told.
pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Vec<u32>, Error> {
    let mut messages = Vec::new();
    if !cursor.eat(b' ') {
        return Ok(messages);
    }
    let mut open: Vec<List> = Vec::new();
    loop {
        if cursor.eat(b'(') {
            if let Some(list) = open.last_mut() {
                list.lists += 1;
            }
            open.push(List::default());
        } else if cursor.eat(b')') {
            // thread-nested = 2*thread-list
            if !open.pop().is_some_and(|list| list.lists >= 2 || (list.messages > 0 && list.lists == 0)) {
                return cursor.expected("a message, or two lists");
            }
        } else {
            let Some(list) = open.last_mut().filter(|list| list.lists == 0) else {
                return cursor.expected("a list");
            };
            list.messages += 1;
            messages.push(cursor.nz_number()?.get());
            if cursor.peek() != Some(b')') {
                cursor.space()?;
                if cursor.peek() == Some(b')') {
                    return cursor.expected("a message or a list after the space");
                }
            }
        }
        if open.is_empty() && cursor.peek() != Some(b'(') {
            return Ok(messages);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table() {
        let read = |text: &str| {
            let mut cursor = Cursor::new(text.as_bytes());
            let messages = read(&mut cursor)?;
            cursor.end().map(|()| messages)
        };
        assert_eq!(read(" (2)(3 6 (4 23)(44 7 96))"), Ok(vec![2, 3, 6, 4, 23, 44, 7, 96]));
        assert_eq!(read(" ((3)(5))"), Ok(vec![3, 5]));
        assert_eq!(read(""), Ok(vec![]));
        for text in [
            " ",
            " ()",
            " (3",
            " (3))",
            " (3 )",
            " (3 (4))",
            " ((3))",
            " (3) (4)",
            " (3(4)(5))",
            " (0)",
            " 3",
            " ((3)(4) 5)",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let deep = format!(" {}1{}", "(1 (2)".repeat(100_000), ")".repeat(100_000));
        assert!(read(&deep).is_err());
    }
}
