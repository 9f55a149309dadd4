//! States (RFC 8620, 1.6.4): the store's epoch and a modseq of the account, so that one of before a restore is not taken
//! for one of after it.
use jmap_wire::MethodError;
use store::ModSeq;

/// A state as it is told.
pub(crate) fn told(epoch: u64, modseq: ModSeq) -> String {
    format!("{epoch}-{modseq}")
}

/// The modseq of a state that was told.
///
/// # Errors
/// `cannotCalculateChanges` for what was never told in this epoch.
pub(crate) fn since(epoch: u64, state: &str) -> Result<ModSeq, MethodError> {
    let known = state.split_once('-').and_then(|(of, modseq)| {
        let modseq = ModSeq(modseq.parse().ok()?);
        // only the one spelling that is told
        (told(epoch, modseq) == state && of.parse() == Ok(epoch)).then_some(modseq)
    });
    known.ok_or(MethodError::CannotCalculateChanges)
}

#[cfg(test)]
mod tests {
    use super::{since, told};
    use jmap_wire::MethodError;
    use store::ModSeq;

    #[test]
    fn j26_only_what_was_told_is_a_state() {
        assert_eq!(since(3, &told(3, ModSeq(17))), Ok(ModSeq(17)));
        for wrong in ["", "17", "3-", "3-x", "2-17", "3-017", "+3-17", "3-17 ", "3--1", "3-99999999999999999999999"] {
            assert_eq!(since(3, wrong), Err(MethodError::CannotCalculateChanges), "{wrong}");
        }
    }
}
