//! Dates: what is read can be printed, and comes back.
use message::Date;

pub(crate) fn dates(data: &[u8]) {
    let Some(date) = Date::parse(data) else { return };
    assert!((-1439..=1439).contains(&date.offset_minutes));
    let printed = date.to_string();
    assert!(printed.is_ascii());
    // years beyond four digits, or before 1, are printed but not read
    if (-62_135_510_400..253_402_214_400).contains(&date.seconds) {
        assert_eq!(Date::parse(printed.as_bytes()), Some(date), "{printed}");
    }
}
