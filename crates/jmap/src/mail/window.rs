//! Which of the results of a query are told (RFC 8620, 5.5): position, anchor, limit.
use jmap_wire::{MethodError, Place};
use std::ops::Range;

/// Results of one answer, at most; a larger limit of the client is brought down to this, and said so.
pub(crate) const MAX_RESULTS: usize = 10_000;

/// A part of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    /// The number of its first result.
    pub(crate) position: usize,
    /// What is told of the results.
    pub(crate) range: Range<usize>,
    /// The limit, where it is the server's.
    pub(crate) limit: Option<usize>,
}

/// The window on `total` results; `find` says where an anchor is among them.
pub(crate) fn window(
    place: &Place,
    limit: Option<u64>,
    total: usize,
    find: impl FnOnce(&str) -> Option<usize>,
) -> Result<Window, MethodError> {
    let count = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
    let (count, limit) = if count > MAX_RESULTS { (MAX_RESULTS, Some(MAX_RESULTS)) } else { (count, None) };
    let from = |number: usize, offset: i64| {
        let offset = isize::try_from(offset).unwrap_or(if offset < 0 { isize::MIN } else { isize::MAX });
        number.saturating_add_signed(offset)
    };
    let position = match place {
        // "if ... still negative, it is clamped to 0"
        Place::At(position) if *position < 0 => from(total, *position),
        Place::At(position) => from(0, *position),
        Place::Anchor(anchor, offset) => from(find(anchor.as_str()).ok_or(MethodError::AnchorNotFound)?, *offset),
    };
    let first = position.min(total);
    Ok(Window { position, range: first..first.saturating_add(count).min(total), limit })
}

#[cfg(test)]
mod tests {
    use super::{MAX_RESULTS, window};
    use jmap_wire::{MethodError, Place};

    #[test]
    fn windows_are_those_of_the_rfc() {
        let find = |id: &str| (id == "five").then_some(5);
        let at = |place, limit| window(&place, limit, 10, find).map(|window| (window.position, window.range));
        let anchor = |offset| Place::Anchor("five".try_into().unwrap(), offset);
        assert_eq!(at(Place::At(0), Some(3)), Ok((0, 0..3)));
        assert_eq!(at(Place::At(8), Some(3)), Ok((8, 8..10)));
        assert_eq!(at(Place::At(10), Some(3)), Ok((10, 10..10)));
        assert_eq!(at(Place::At(99), None), Ok((99, 10..10)));
        assert_eq!(at(Place::At(-3), None), Ok((7, 7..10)));
        assert_eq!(at(Place::At(-30), Some(1)), Ok((0, 0..1)));
        assert_eq!(at(Place::At(i64::MIN), Some(0)), Ok((0, 0..0)));
        assert_eq!(at(anchor(0), Some(2)), Ok((5, 5..7)));
        assert_eq!(at(anchor(-2), Some(2)), Ok((3, 3..5)));
        assert_eq!(at(anchor(-9), Some(2)), Ok((0, 0..2)));
        assert_eq!(at(anchor(3), Some(9)), Ok((8, 8..10)));
        assert_eq!(at(anchor(i64::MAX), Some(9)).map(|it| it.1), Ok(10..10));
        assert_eq!(at(Place::Anchor("six".try_into().unwrap(), 0), None), Err(MethodError::AnchorNotFound));
    }

    #[test]
    fn a_limit_has_a_limit() {
        let all = window(&Place::At(0), None, MAX_RESULTS + 1, |_| None).unwrap();
        assert_eq!((all.range, all.limit), (0..MAX_RESULTS, Some(MAX_RESULTS)));
        let most = window(&Place::At(0), Some(MAX_RESULTS as u64), MAX_RESULTS + 1, |_| None).unwrap();
        assert_eq!(most.limit, None);
        assert!(window(&Place::At(0), Some(u64::MAX), 3, |_| None).unwrap().limit.is_some());
    }
}
