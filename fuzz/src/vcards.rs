//! vCards: a card that is read and may be kept is written as one vCard, which is read as one card that may be kept.
use contacts::{Invalid, VcardFlaw, cards, check, vcard};

pub(crate) fn vcards(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(all) = cards(text, || "urn:x:new".to_owned()) else { return };
    for card in all.iter().flatten().filter(|card| check(card).is_ok()) {
        let written = vcard(card);
        assert!(written.split("\r\n").all(|line| line.len() <= 75), "a line that is not folded");
        // what is written may be longer than what was read, never another number of cards
        if let Ok(back) = cards(&written, || "urn:x:new".to_owned()) {
            assert_eq!(back.len(), 1, "cards of one");
            let is_card = back.iter().all(|back| match back {
                Ok(card) => matches!(check(card), Ok(()) | Err(Invalid::TooLarge)),
                Err(broken) => broken.flaw == VcardFlaw::TooMany,
            });
            assert!(is_card, "{written}");
        }
    }
}
