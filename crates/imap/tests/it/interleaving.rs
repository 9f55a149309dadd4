//! Several sessions at one mailbox, with deliveries and POP3 in between: what each client was told equals the mailbox.
use crate::mirror::{FlagSet, Mirror};
use crate::stage::House;
use proptest::prelude::*;
use std::collections::BTreeMap;
use store::{Flags, Uid};

/// One of them has enabled QRESYNC, one CONDSTORE, one IMAP4rev2, and one nothing.
const SESSIONS: usize = 4;
const FLAGS: [&str; 4] = ["\\Seen", "\\Deleted", "\\Flagged", "work"];

/// What happens next; numbers are taken within what the session knows.
#[derive(Debug, Clone)]
enum Step {
    Deliver,
    /// What POP3's QUIT removes, whatever its flags.
    Quit {
        message: usize,
    },
    /// Two at once, by IMAP.
    Append {
        session: usize,
    },
    Store {
        session: usize,
        first: usize,
        last: usize,
        change: usize,
        flag: usize,
        silent: bool,
        by_uid: bool,
    },
    /// A STORE of what has been changed since a mod-sequence that is older than all, so of nothing.
    StoreNothing {
        message: usize,
    },
    Expunge {
        session: usize,
    },
    /// CLOSE, which expunges and tells nothing, and SELECT.
    Close {
        session: usize,
    },
    Move {
        session: usize,
        message: usize,
        by_uid: bool,
    },
    CopyHere {
        session: usize,
        message: usize,
    },
    Read {
        session: usize,
        message: usize,
    },
    Say {
        session: usize,
        command: &'static str,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let session = 0..SESSIONS;
    prop_oneof![
        3 => Just(Step::Deliver),
        1 => (0_usize..9).prop_map(|message| Step::Quit { message }),
        1 => session.clone().prop_map(|session| Step::Append { session }),
        1 => (0_usize..9).prop_map(|message| Step::StoreNothing { message }),
        1 => session.clone().prop_map(|session| Step::Close { session }),
        4 => (session.clone(), 0_usize..9, 0_usize..9, 0_usize..3, 0..FLAGS.len(), any::<bool>(), any::<bool>()).prop_map(
            |(session, first, last, change, flag, silent, by_uid)| Step::Store {
                session, first, last, change, flag, silent, by_uid
            }
        ),
        2 => session.clone().prop_map(|session| Step::Expunge { session }),
        1 => (session.clone(), 0_usize..9, any::<bool>())
            .prop_map(|(session, message, by_uid)| Step::Move { session, message, by_uid }),
        1 => (session.clone(), 0_usize..9).prop_map(|(session, message)| Step::CopyHere { session, message }),
        1 => (session.clone(), 0_usize..9).prop_map(|(session, message)| Step::Read { session, message }),
        4 => (session, prop::sample::select(vec![
            "NOOP", "CHECK", "FETCH 1:* (UID FLAGS)", "UID FETCH 1:* FLAGS", "SEARCH ALL", "UID SEARCH UNSEEN", "IDLE",
            "SELECT INBOX", "EXAMINE INBOX", "STATUS INBOX (MESSAGES)", "SORT (REVERSE ARRIVAL) UTF-8 ALL",
            "UID THREAD REFERENCES UTF-8 ALL",
        ])).prop_map(|(session, command)| Step::Say { session, command }),
    ]
}

/// The mailbox as it must be.
#[derive(Debug, Default)]
struct Model {
    messages: BTreeMap<u32, FlagSet>,
    next: u32,
}

/// The clients, what each of them knows by UID, and the model.
struct Play {
    house: House,
    clients: Vec<Mirror>,
    /// The UIDs behind each client's numbers, found by the order of things alone.
    known: Vec<Vec<u32>>,
    read_only: Vec<bool>,
    model: Model,
}

fn is_opening(command: &str) -> bool {
    command.starts_with("SELECT") || command.starts_with("EXAMINE")
}

impl Play {
    async fn new() -> Self {
        let mut house = House::new().await;
        let mut clients = Vec::new();
        for _ in 0..SESSIONS {
            let mut client = Mirror::new(house.open()).await;
            // The first is told of expunges by UID (RFC 7162, 3.2.10).
            if let Some(extension) = ["QRESYNC", "CONDSTORE", "IMAP4rev2"].get(clients.len()) {
                client.ok(&format!("ENABLE {extension}")).await;
            }
            client.ok("SELECT INBOX").await;
            clients.push(client);
        }
        let model = Model { messages: BTreeMap::new(), next: 1 };
        Self { house, clients, known: vec![Vec::new(); SESSIONS], read_only: vec![false; SESSIONS], model }
    }

    /// Says a command, and follows what was told in `known`.
    async fn say(&mut self, session: usize, command: &str) -> imap_wire::client::Condition {
        if is_opening(command) {
            self.known[session].clear();
            self.read_only[session] = command.starts_with("EXAMINE");
        }
        let condition = self.clients[session].say(command).await;
        let client = &self.clients[session];
        let held = ["FETCH", "STORE", "SEARCH", "SORT"].iter().any(|word| command.starts_with(word));
        let known = &mut self.known[session];
        if !held {
            known.retain(|uid| self.model.messages.contains_key(uid));
        }
        let last = known.last().copied().unwrap_or(0);
        known.extend(self.model.messages.range(last + 1..).map(|(uid, _)| *uid));
        assert_eq!(client.rows.len(), known.len(), "EXISTS after {command}");
        for (row, uid) in client.rows.iter().zip(known.iter()) {
            assert!(row.uid.is_none_or(|told| told == *uid), "{row:?} is UID {uid}");
            let truth = self.model.messages.get(uid);
            if let (Some(flags), Some(truth)) = (&row.flags, truth) {
                assert_eq!(flags, truth, "flags of UID {uid} after {command}");
            }
        }
        condition
    }

    async fn step(&mut self, step: &Step) {
        match step {
            Step::Deliver => {
                self.house.deliver("INBOX", b"Subject: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
                self.model.messages.insert(self.model.next, FlagSet::new());
                self.model.next += 1;
            }
            Step::Quit { message } => {
                let Some(&uid) = self.model.messages.keys().nth(*message) else { return };
                let account = self.house.anna().await;
                let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
                account.remove(inbox, &[Uid::new(uid).unwrap()]).await.unwrap();
                self.model.messages.remove(&uid);
            }
            Step::Append { session } => {
                for flags in [FlagSet::new(), FlagSet::from(["\\Seen".to_owned()])] {
                    self.model.messages.insert(self.model.next, flags);
                    self.model.next += 1;
                }
                self.say(*session, "APPEND INBOX {3+}\r\na\r\n (\\Seen) {3+}\r\nb\r\n").await;
            }
            Step::StoreNothing { message } => {
                // The second has enabled CONDSTORE.
                let Some(uid) = self.known[1].get(*message).filter(|uid| self.model.messages.contains_key(uid)) else {
                    return;
                };
                let command = format!("UID STORE {uid} (UNCHANGEDSINCE 1) FLAGS (\\Draft)");
                let told = self.say(1, &command).await;
                assert!(self.read_only[1] || told.code_word() == Some("MODIFIED"), "{told:?}");
            }
            Step::Close { session } => {
                if !self.read_only[*session] {
                    self.model.messages.retain(|_, flags| !flags.contains("\\Deleted"));
                }
                self.clients[*session].ok("CLOSE").await;
                self.say(*session, "SELECT INBOX").await;
            }
            Step::Store { session, first, last, change, flag, silent, by_uid } => {
                if self.read_only[*session] {
                    return;
                }
                self.store(*session, (*first).min(*last), *first.max(last), (*change, *flag, *silent), *by_uid).await;
            }
            Step::Expunge { session } if self.read_only[*session] => {
                assert_eq!(self.say(*session, "EXPUNGE").await.status, "NO");
            }
            Step::Expunge { session } => {
                self.model.messages.retain(|_, flags| !flags.contains("\\Deleted"));
                assert_eq!(self.say(*session, "EXPUNGE").await.status, "OK");
            }
            Step::Move { session, message, by_uid } => {
                if self.read_only[*session] {
                    return;
                }
                let Some(&uid) = self.known[*session].get(*message) else { return };
                let there = self.model.messages.remove(&uid).is_some();
                let command =
                    if *by_uid { format!("UID MOVE {uid} Trash") } else { format!("MOVE {} Trash", message + 1) };
                let status = self.say(*session, &command).await.status;
                assert_eq!(status == "OK", there || *by_uid, "{command}");
            }
            Step::CopyHere { session, message } => {
                let Some(&uid) = self.known[*session].get(*message) else { return };
                if let Some(flags) = self.model.messages.get(&uid).cloned() {
                    self.model.messages.insert(self.model.next, flags);
                    self.model.next += 1;
                }
                self.say(*session, &format!("UID COPY {uid} INBOX")).await;
            }
            Step::Read { session, message } => {
                let Some(uid) = self.known[*session].get(*message) else { return };
                if let Some(flags) = self.model.messages.get_mut(uid).filter(|_| !self.read_only[*session]) {
                    flags.insert("\\Seen".to_owned());
                }
                self.say(*session, &format!("FETCH {} BODY[TEXT]", message + 1)).await;
            }
            Step::Say { session, command } => {
                if command.starts_with("FETCH 1:*") && self.known[*session].is_empty() {
                    return;
                }
                self.say(*session, command).await;
            }
        }
    }

    async fn store(&mut self, session: usize, first: usize, last: usize, change: (usize, usize, bool), by_uid: bool) {
        let count = self.known[session].len();
        if first >= count {
            return;
        }
        let last = last.min(count - 1);
        let named: Vec<u32> = self.known[session][first..=last].to_vec();
        let (change, flag, silent) = change;
        let (sign, flag) = (["", "+", "-"][change], FLAGS[flag]);
        let apply = |flags: &mut FlagSet| {
            if sign.is_empty() {
                flags.clear();
            }
            if sign == "-" {
                flags.remove(flag)
            } else {
                flags.insert(flag.to_owned())
            };
        };
        for uid in &named {
            if let Some(flags) = self.model.messages.get_mut(uid) {
                apply(flags);
            }
        }
        // A client that asked for silence expects what it asked for.
        if silent {
            for row in &mut self.clients[session].rows[first..=last] {
                row.flags.iter_mut().for_each(&apply);
            }
        }
        let dot = if silent { ".SILENT" } else { "" };
        let command = if by_uid {
            let set: Vec<String> = named.iter().map(ToString::to_string).collect();
            format!("UID STORE {} {sign}FLAGS{dot} ({flag})", set.join(","))
        } else {
            format!("STORE {}:{} {sign}FLAGS{dot} ({flag})", first + 1, last + 1)
        };
        let there = named.iter().all(|uid| self.model.messages.contains_key(uid));
        let status = self.say(session, &command).await.status;
        assert_eq!(status == "OK", there || by_uid, "{command}");
    }

    /// In the end everybody knows the same.
    async fn end(&mut self) {
        for session in 0..SESSIONS {
            self.say(session, "NOOP").await;
            let truth: Vec<u32> = self.model.messages.keys().copied().collect();
            assert_eq!(self.known[session], truth);
            if !truth.is_empty() {
                self.say(session, "FETCH 1:* (UID FLAGS)").await;
            }
            for (row, (uid, flags)) in self.clients[session].rows.iter().zip(&self.model.messages) {
                assert_eq!((row.uid, row.flags.as_ref()), (Some(*uid), Some(flags)));
            }
        }
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn every_client_is_told_the_truth(steps in prop::collection::vec(step(), 1..60)) {
        runtime().block_on(async {
            let mut play = Play::new().await;
            for step in &steps {
                play.step(step).await;
            }
            play.end().await;
        });
    }

    // Commands of all sessions at the same time: no order is known, but in the end all clients agree with the mailbox.
    #[test]
    fn sessions_at_the_same_time_end_with_the_same(
        scripts in prop::collection::vec(prop::collection::vec((0_usize..7, 1_u32..6), 1..25), SESSIONS),
    ) {
        runtime().block_on(async {
            let mut house = House::new().await;
            for _ in 0..6 {
                house.deliver("INBOX", b"Subject: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
            }
            let mut tasks = tokio::task::JoinSet::new();
            for (number, script) in scripts.into_iter().enumerate() {
                let stream = house.open();
                tasks.spawn(async move {
                    let mut client = Mirror::new(stream).await;
                    if number == 0 {
                        client.ok("ENABLE QRESYNC").await;
                    }
                    // Another is told also between its commands (RFC 5465, 6.1.2).
                    if number == 1 {
                        let events = "MessageNew (UID FLAGS) MessageExpunge FlagChange";
                        client.ok(&format!("NOTIFY SET (selected-delayed ({events}))")).await;
                    }
                    client.ok("SELECT INBOX").await;
                    for (what, uid) in script {
                        let command = match what {
                            0 => format!("UID STORE {uid}:* +FLAGS.SILENT (\\Deleted)"),
                            1 => "EXPUNGE".to_owned(),
                            2 => format!("UID COPY {uid} INBOX"),
                            3 => format!("UID MOVE {uid} INBOX"),
                            4 => "FETCH 1:* (UID FLAGS)".to_owned(),
                            5 => format!("UID FETCH {uid}:* BODY[]"),
                            _ => "NOOP".to_owned(),
                        };
                        client.say(&command).await;
                    }
                    client
                });
            }
            let mut clients = tasks.join_all().await;
            let account = house.anna().await;
            let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
            let view = account.view(inbox).await.unwrap();
            let truth: Vec<u32> = view.iter().map(|message| message.uid.get()).collect();
            for client in &mut clients {
                client.say("NOOP").await;
                client.say("UID FETCH 1:* FLAGS").await;
                let told: Vec<u32> = client.rows.iter().filter_map(|row| row.uid).collect();
                assert_eq!((told.len(), &told), (client.rows.len(), &truth));
            }
        });
    }
}
