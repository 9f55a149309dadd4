//! A client that believes nothing but what it is told, and reads it strictly.
use imap_wire::client::{self, Condition, Data, Response, Value};
use std::collections::BTreeSet;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

/// The flags of a message without `\Recent`.
pub(crate) type FlagSet = BTreeSet<String>;

/// What the client knows of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its UID, once told.
    pub(crate) uid: Option<u32>,
    /// Its flags, once told.
    pub(crate) flags: Option<FlagSet>,
    /// Its mod-sequence as told last.
    pub(crate) mod_sequence: u64,
}

/// A connection and the mailbox as it was told.
pub(crate) struct Mirror {
    stream: DuplexStream,
    buffer: Vec<u8>,
    commands: u32,
    /// The selected mailbox, by sequence number.
    pub(crate) rows: Vec<Row>,
    /// What the last command told, in its order.
    pub(crate) told: Vec<Data>,
    /// What HIGHESTMODSEQ last said.
    pub(crate) mod_sequence: u64,
    /// Whether PERMANENTFLAGS last said that new keywords can be made.
    pub(crate) new_keywords: bool,
}

impl Mirror {
    pub(crate) async fn new(stream: DuplexStream) -> Self {
        Self::of(stream, "anna").await
    }

    pub(crate) async fn of(stream: DuplexStream, name: &str) -> Self {
        let mut mirror = Self {
            stream,
            buffer: Vec::new(),
            commands: 0,
            rows: Vec::new(),
            told: Vec::new(),
            mod_sequence: 0,
            new_keywords: false,
        };
        mirror.reply().await;
        mirror.ok(&format!("LOGIN {name} geheim")).await;
        mirror
    }

    /// The next whole reply.
    async fn reply(&mut self) -> Response {
        loop {
            let read = client::read(&self.buffer);
            let shown = String::from_utf8_lossy(&self.buffer).into_owned();
            if let Some((response, used)) = read.unwrap_or_else(|error| panic!("{error}: {shown}")) {
                self.buffer.drain(..used);
                return response;
            }
            let mut piece = [0; 4096];
            let read = self.stream.read(&mut piece).await.unwrap();
            assert!(read > 0, "hung up after {shown:?}");
            self.buffer.extend_from_slice(&piece[..read]);
        }
    }

    /// Says a command and takes in all that is told up to its end.
    pub(crate) async fn say(&mut self, command: &str) -> Condition {
        self.commands += 1;
        let tag = format!("c{}", self.commands);
        self.stream.write_all(format!("{tag} {command}\r\n").as_bytes()).await.unwrap();
        // RFC 3501, 7.4.1: no expunge while numbers are in use.
        let held = ["FETCH", "STORE", "SEARCH", "SORT"].iter().any(|word| command.starts_with(word));
        if command.starts_with("SELECT") || command.starts_with("EXAMINE") {
            self.rows.clear();
        }
        self.told.clear();
        loop {
            match self.reply().await {
                Response::Tagged(told, condition) => {
                    assert_eq!(told, tag);
                    return condition;
                }
                Response::Data(Data::Expunge(_) | Data::Vanished(false, _)) if held => {
                    panic!("an expunge during {command}")
                }
                Response::Data(data) => {
                    self.told.push(data.clone());
                    self.take(data);
                }
                Response::Untagged(condition) => {
                    assert_eq!(condition.status, "OK", "{condition:?}");
                    if let (Some("HIGHESTMODSEQ"), Some(Value::Number(number))) =
                        (condition.code_word(), condition.code.get(1))
                    {
                        self.mod_sequence = *number;
                    }
                    if condition.code_word() == Some("PERMANENTFLAGS") {
                        let promised = |flag: &Value| flag.atom() == Some("\\*");
                        self.new_keywords =
                            matches!(condition.code.get(1), Some(Value::List(flags)) if flags.iter().any(promised));
                    }
                }
                Response::Continue(_) => self.stream.write_all(b"DONE\r\n").await.unwrap(),
            }
        }
    }

    /// Says a command that must succeed.
    pub(crate) async fn ok(&mut self, command: &str) {
        let condition = self.say(command).await;
        assert_eq!(condition.status, "OK", "{command}: {condition:?}");
    }

    /// What STATUS says of INBOX.
    pub(crate) async fn uid_validity(&mut self) -> u64 {
        self.ok("STATUS INBOX (UIDVALIDITY)").await;
        let status = self.told.iter().find_map(|data| match data {
            Data::Status(_, items) => items.first().and_then(|(_, value)| value.number()),
            _ => None,
        });
        status.expect("a STATUS")
    }

    /// Takes away the message with a UID, or the one that must have it: between those below it and those above.
    fn vanish(&mut self, uid: u32) {
        let above = self.rows.iter().position(|row| row.uid.is_some_and(|known| known >= uid));
        let place = match above.filter(|at| self.rows[*at].uid == Some(uid)) {
            Some(known) => known,
            None => above.unwrap_or(self.rows.len()).checked_sub(1).expect("a message that was told"),
        };
        assert!(self.rows[place].uid.is_none_or(|known| known == uid), "{uid} was never told");
        self.rows.remove(place);
    }

    fn take(&mut self, data: Data) {
        match data {
            Data::Exists(count) => {
                let count = usize::try_from(count).unwrap();
                assert!(count >= self.rows.len(), "EXISTS went down without an expunge");
                self.rows.resize(count, Row::default());
            }
            Data::Expunge(number) => {
                assert!(usize::try_from(number).unwrap() <= self.rows.len(), "an expunge of what is not there");
                self.rows.remove(usize::try_from(number - 1).unwrap());
            }
            Data::Vanished(false, uids) => uids.ranges(0).into_iter().flatten().for_each(|uid| self.vanish(uid)),
            Data::Fetch(number, items) => {
                let row = self.rows.get_mut(usize::try_from(number - 1).unwrap()).expect("a message that was told");
                for (name, value) in items {
                    match (name.as_str(), value) {
                        ("UID", Value::Number(uid)) => {
                            let uid = u32::try_from(uid).unwrap();
                            assert!(row.uid.is_none_or(|known| known == uid), "message {number} changed its UID");
                            row.uid = Some(uid);
                        }
                        ("MODSEQ", Value::List(value)) => {
                            let told = value.first().and_then(Value::number).expect("a mod-sequence");
                            assert!(told >= row.mod_sequence, "message {number} went back to {told}");
                            row.mod_sequence = told;
                        }
                        ("FLAGS", Value::List(flags)) => {
                            let flags = flags.iter().filter_map(Value::atom).filter(|flag| *flag != "\\Recent");
                            row.flags = Some(flags.map(str::to_owned).collect());
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}
