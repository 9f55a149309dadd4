//! Commands in any order, against a model of RFC 5321, 4.1.4.
use super::house::House;
use proptest::prelude::*;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Model {
    Ungreeted,
    Greeted,
    Begun,
    Refused,
    Addressed,
    Chunks,
}

/// What is said, and what it must be answered with.
const COMMANDS: [&str; 14] = [
    "HELO pc",
    "EHLO pc",
    "EHLO",
    "MAIL FROM:<renee@example.net>",
    "MAIL FROM:<renee@example.net> SIZE=x",
    "RCPT TO:<anna@example.org>",
    "RCPT TO:<nobody@example.org>",
    "DATA",
    "BDAT 4",
    "BDAT 0 LAST",
    "RSET",
    "NOOP",
    "VRFY anna",
    "BOGUS",
];

impl Model {
    /// The next state and the code.
    fn after(self, command: &str) -> (Self, u16) {
        use Model::*;
        match (command, self) {
            ("HELO pc" | "EHLO pc", _) => (Greeted, 250),
            ("EHLO", same) => (same, 501),
            ("RSET", Ungreeted) => (Ungreeted, 250),
            ("RSET", _) => (Greeted, 250),
            ("NOOP", same) => (same, 250),
            ("VRFY anna", same) => (same, 252),
            ("BOGUS", same) => (same, 500),
            (mail, Greeted) if mail.ends_with("SIZE=x") => (Greeted, 501),
            (mail, Greeted) if mail.starts_with("MAIL") => (Begun, 250),
            (mail, same) if mail.starts_with("MAIL") => (same, 503),
            ("RCPT TO:<anna@example.org>", Begun | Refused | Addressed) => (Addressed, 250),
            ("RCPT TO:<nobody@example.org>", Addressed) => (Addressed, 550),
            ("RCPT TO:<nobody@example.org>", Begun | Refused) => (Refused, 550),
            (rcpt, same) if rcpt.starts_with("RCPT") => (same, 503),
            ("DATA", Addressed) => (Greeted, 250),
            ("DATA" | "BDAT 4" | "BDAT 0 LAST", Refused) => (Refused, 554),
            ("BDAT 4", Addressed | Chunks) => (Chunks, 250),
            ("BDAT 0 LAST", Addressed | Chunks) => (Greeted, 250),
            (_, same) => (same, 503),
        }
    }
}

async fn code(reader: &mut (impl AsyncBufReadExt + Unpin)) -> u16 {
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).await.unwrap();
        if line.get(3..4) != Some("-") {
            return line.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
        }
    }
}

async fn play(commands: Vec<&'static str>) -> Result<(), TestCaseError> {
    let mut house = House::new().await;
    house.door.limits.max_errors = 1_000;
    let (reading, mut writing) = tokio::io::split(house.open());
    let mut reading = BufReader::new(reading);
    prop_assert_eq!(code(&mut reading).await, 220);
    let mut model = Model::Ungreeted;
    for command in commands {
        writing.write_all(format!("{command}\r\n").as_bytes()).await.unwrap();
        if command == "BDAT 4" {
            writing.write_all(b"RSET").await.unwrap();
        }
        if command == "DATA" && model == Model::Addressed {
            prop_assert_eq!(code(&mut reading).await, 354);
            writing.write_all(b"\r\nhello\r\n.\r\n").await.unwrap();
        }
        let (next, expected) = model.after(command);
        prop_assert_eq!(code(&mut reading).await, expected, "{} in {:?}", command, model);
        model = next;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn s25_any_order_is_answered_as_the_model_says(picks in proptest::collection::vec(0..COMMANDS.len(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(play(picks.into_iter().map(|pick| COMMANDS[pick]).collect()))?;
    }
}
