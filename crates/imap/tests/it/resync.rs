//! A client that was away and comes back (RFC 7162, 3.2): what it kept and what it is told make the mailbox.
use crate::mirror::{FlagSet, Mirror};
use crate::stage::House;
use imap_wire::client::{Data, Value};
use proptest::prelude::*;
use std::collections::BTreeMap;
use store::Flags;

/// What happens while the client is away; numbers are UIDs.
#[derive(Debug, Clone)]
enum Step {
    Deliver,
    Store(u32, &'static str),
    Expunge(u32),
    MoveHere(u32),
    Elsewhere,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        2 => Just(Step::Deliver),
        3 => (1_u32..12, prop::sample::select(vec!["+FLAGS (\\Seen)", "FLAGS (work)", "-FLAGS (\\Seen work)"]))
            .prop_map(|(uid, change)| Step::Store(uid, change)),
        2 => (1_u32..12).prop_map(Step::Expunge),
        1 => (1_u32..12).prop_map(Step::MoveHere),
        1 => Just(Step::Elsewhere),
    ];
    prop::collection::vec(step, 0..12)
}

/// What a client keeps of a mailbox.
#[derive(Debug, Default)]
struct Cache {
    mod_sequence: u64,
    messages: BTreeMap<u32, FlagSet>,
}

/// What the client says that it knows.
#[derive(Debug, Clone, Copy)]
enum Tells {
    /// The mod-sequence.
    Nothing,
    /// Its UIDs too.
    Uids,
    /// Its UIDs, and numbers for some of them.
    Matches,
}

impl Cache {
    fn command(&self, validity: u64, tells: Tells) -> String {
        let uids: Vec<String> = self.messages.keys().map(ToString::to_string).collect();
        let known = match tells {
            Tells::Nothing => String::new(),
            _ if uids.is_empty() => String::new(),
            Tells::Uids => format!(" {}", uids.join(",")),
            Tells::Matches => format!(" {} (1:{} {})", uids.join(","), uids.len(), uids.join(",")),
        };
        format!("SELECT INBOX (QRESYNC ({validity} {}{known}))", self.mod_sequence)
    }

    fn take(&mut self, told: &[Data]) {
        for data in told {
            match data {
                Data::Vanished(true, uids) => {
                    self.messages.retain(|uid, _| !uids.contains(*uid, 0));
                }
                Data::Fetch(_, items) => {
                    let value = |name: &str| items.iter().find(|(label, _)| label == name).map(|(_, value)| value);
                    let Some(Value::Number(uid)) = value("UID") else { panic!("a FETCH without its UID") };
                    let Some(Value::List(flags)) = value("FLAGS") else { continue };
                    let flags = flags.iter().filter_map(Value::atom).filter(|flag| *flag != "\\Recent");
                    self.messages.insert(u32::try_from(*uid).unwrap(), flags.map(str::to_owned).collect());
                }
                _ => {}
            }
        }
    }
}

async fn run(client: &mut Mirror, house: &House, step: &Step) {
    match step {
        Step::Deliver => {
            house.deliver("INBOX", b"Subject: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
        }
        Step::Store(uid, change) => client.ok(&format!("UID STORE {uid} {change}")).await,
        Step::Expunge(uid) => {
            client.ok(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)")).await;
            client.ok(&format!("UID EXPUNGE {uid}")).await;
        }
        Step::MoveHere(uid) => client.ok(&format!("UID MOVE {uid} INBOX")).await,
        Step::Elsewhere => {
            house.deliver("Sent", b"Subject: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_and_what_is_told_make_the_mailbox(
        away in prop::collection::vec((steps(), 0_usize..3), 1..5),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let mut house = House::new().await;
            for _ in 0..6 {
                house.deliver("INBOX", b"Subject: x\r\n\r\nhello\r\n", Flags::default()).await.unwrap();
            }
            let mut other = Mirror::new(house.open()).await;
            other.ok("SELECT INBOX").await;
            let mut cache = Cache { mod_sequence: 1, ..Cache::default() };
            for (steps, tells) in &away {
                for step in steps {
                    run(&mut other, &house, step).await;
                }
                let mut client = Mirror::new(house.open()).await;
                client.ok("ENABLE QRESYNC").await;
                // The UIDs that are known are all that is told of: what is new comes by its UIDs.
                let tells = [Tells::Nothing, Tells::Uids, Tells::Matches][*tells];
                let known = cache.messages.keys().next_back().copied().unwrap_or(0);
                let validity = client.uid_validity().await;
                client.ok(&cache.command(validity, tells)).await;
                cache.take(&client.told);
                cache.mod_sequence = client.mod_sequence;
                client.ok(&format!("UID FETCH {}:* FLAGS", known + 1)).await;
                cache.take(&client.told);
                other.ok("NOOP").await;
                other.ok("UID FETCH 1:* FLAGS").await;
                let truth: BTreeMap<u32, FlagSet> =
                    other.rows.iter().map(|row| (row.uid.unwrap(), row.flags.clone().unwrap())).collect();
                assert_eq!(cache.messages, truth);
            }
        });
    }
}
