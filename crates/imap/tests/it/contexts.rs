//! Searches that are kept up to date (RFC 5267): what a client makes of the updates is what a new search finds.
use crate::mirror::Mirror;
use crate::stage::House;
use imap_wire::client::{Data, Value};
use proptest::prelude::*;
use store::Flags;

/// How each is asked for, and how it is asked again: by number, by UID, sorted.
const SEARCHES: [(&str, &str); 4] = [
    ("UID SEARCH RETURN (UPDATE ALL) UNSEEN", "UID SEARCH UNSEEN"),
    ("SEARCH RETURN (UPDATE ALL) UNDELETED", "SEARCH UNDELETED"),
    ("UID SORT RETURN (UPDATE ALL) (SUBJECT) UTF-8 UNSEEN", "UID SORT (SUBJECT) UTF-8 UNSEEN"),
    (
        "SORT RETURN (UPDATE ALL) (REVERSE SUBJECT SIZE) UTF-8 OR FLAGGED TEXT c",
        "SORT (REVERSE SUBJECT SIZE) UTF-8 OR FLAGGED TEXT c",
    ),
];

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    Deliver(char),
    Say { session: usize, command: String },
}

fn step() -> impl Strategy<Value = Step> {
    let stored =
        (0..2_usize, 1..8_u32, 0..3_u32, any::<bool>(), 0..3_usize).prop_map(|(session, first, more, adds, flag)| {
            let (sign, flag) = (if adds { '+' } else { '-' }, ["\\Seen", "\\Deleted", "\\Flagged"][flag]);
            Step::Say { session, command: format!("UID STORE {first}:{} {sign}FLAGS ({flag})", first + more) }
        });
    let plain = prop::sample::select(vec![
        "NOOP",
        "EXPUNGE",
        "UID EXPUNGE 1:4",
        "FETCH 1:* FLAGS",
        "UID SEARCH ALL",
        "APPEND INBOX {10+}\r\nSubject: c",
        "UID COPY 1:2 INBOX",
        "UID MOVE 3 INBOX",
    ]);
    prop_oneof![
        3 => prop::char::range('a', 'd').prop_map(Step::Deliver),
        6 => stored,
        4 => (0..2_usize, plain).prop_map(|(session, command)| Step::Say { session, command: command.to_owned() }),
    ]
}

/// A result as the client has it.
struct Kept {
    tag: String,
    by_uid: bool,
    list: Vec<u32>,
}

fn numbers(set: &str) -> Vec<u32> {
    let range = |range: &str| {
        let (first, last) = range.split_once(':').unwrap_or((range, range));
        first.parse::<u32>().unwrap()..=last.parse::<u32>().unwrap()
    };
    set.split(',').flat_map(range).collect()
}

impl Kept {
    /// What the first reply says.
    fn new(told: &[Data]) -> Self {
        let found = told.iter().find_map(|data| match data {
            Data::ESearch(tag, by_uid, items) => Some((tag.clone(), *by_uid, items.clone())),
            _ => None,
        });
        let (tag, by_uid, items) = found.expect("an ESEARCH");
        let all = items.iter().find(|(name, _)| name == "ALL").and_then(|(_, value)| value.atom());
        Self { tag, by_uid, list: all.map(numbers).unwrap_or_default() }
    }

    fn take(&mut self, data: &Data) {
        match data {
            Data::Expunge(gone) if !self.by_uid => {
                assert!(!self.list.contains(gone), "{gone} goes and was not taken out before");
                self.list.iter_mut().filter(|number| **number > *gone).for_each(|number| *number -= 1);
            }
            Data::ESearch(tag, _, items) if *tag == self.tag => {
                items.iter().for_each(|(name, value)| self.update(name, value));
            }
            _ => {}
        }
    }

    fn update(&mut self, name: &str, value: &Value) {
        let Value::List(updates) = value else { return };
        for update in updates {
            let Value::List(update) = update else { panic!("{update:?}") };
            let position = usize::try_from(update[0].number().unwrap()).unwrap();
            for (after, number) in numbers(update[1].atom().unwrap()).into_iter().enumerate() {
                match (name, position) {
                    ("ADDTO", 0) => {
                        let at = self.list.binary_search(&number).expect_err("it is there already");
                        self.list.insert(at, number);
                    }
                    ("ADDTO", position) => self.list.insert(position - 1 + after, number),
                    (_, 0) => {
                        let at = self.list.binary_search(&number).expect("it is there");
                        self.list.remove(at);
                    }
                    (_, position) => assert_eq!(self.list.remove(position - 1), number),
                }
            }
        }
    }
}

async fn play(steps: Vec<Step>) {
    let mut house = House::new().await;
    for subject in ["b", "c", "a"] {
        house.deliver("INBOX", format!("Subject: {subject}\r\n\r\nx\r\n").as_bytes(), Flags::default()).await.unwrap();
    }
    let mut clients = Vec::new();
    for _ in 0..2 {
        let mut client = Mirror::new(house.open()).await;
        client.ok("SELECT INBOX").await;
        clients.push(client);
    }
    let mut kept = Vec::new();
    for (asked, _) in SEARCHES {
        clients[0].ok(asked).await;
        kept.push(Kept::new(&clients[0].told));
    }
    let last = Step::Say { session: 0, command: "NOOP".to_owned() };
    for step in steps.into_iter().chain([last]) {
        match step {
            Step::Deliver(subject) => {
                let message = format!("Subject: {subject}\r\n\r\nx\r\n");
                house.deliver("INBOX", message.as_bytes(), Flags::default()).await.unwrap();
            }
            Step::Say { session, command } => {
                // Numbers that are gone are an answer too.
                clients[session].say(&command).await;
                if session == 0 {
                    clients[0].told.iter().for_each(|data| kept.iter_mut().for_each(|kept| kept.take(data)));
                }
            }
        }
    }
    for ((_, again), kept) in SEARCHES.iter().zip(&kept) {
        clients[0].ok(again).await;
        let found = clients[0].told.iter().find_map(|data| match data {
            Data::Search(_, numbers, _) => Some(numbers.clone()),
            _ => None,
        });
        assert_eq!(Some(&kept.list), found.as_ref(), "{again}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn what_was_told_is_what_is_found(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(play(steps));
    }
}
