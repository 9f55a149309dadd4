//! An owner and those he shares with at one mailbox, in any order: what each was told is what a session that comes anew
//! finds, with his own `\Seen` and the flags of all.
use crate::mirror::{FlagSet, Mirror};
use crate::stage::House;
use proptest::prelude::*;
use store::Flags;

/// Who is at the mailbox, and what he calls it. Bob is there twice.
const SESSIONS: [(&str, &str); 4] = [
    ("anna", "map"),
    ("bob", "\"Other Users/anna@example.nl/map\""),
    ("bob", "\"Other Users/anna@example.nl/map\""),
    ("carla", "\"Other Users/anna@example.nl/map\""),
];
const RIGHTS: [&str; 5] = ["lr", "lrs", "lrswt", "lrswite", "lrswipkxtea"];

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    Deliver,
    Share { with: &'static str, rights: &'static str },
    Say { session: usize, command: String },
}

fn step() -> impl Strategy<Value = Step> {
    let said = (0..6_u32, 0..6_u32, prop::sample::select(vec!["+", "-", ""]), 0..5_usize).prop_map(
        |(first, last, sign, which)| {
            let flags = ["\\Seen", "\\Deleted", "\\Flagged", "werk", "\\Seen \\Deleted"][which];
            format!("UID STORE {}:{} {sign}FLAGS ({flags})", first + 1, last + 1)
        },
    );
    let plain = prop::sample::select(vec![
        "NOOP",
        "EXPUNGE",
        "UID EXPUNGE 1:3",
        "UID COPY 1:2 X",
        "UID MOVE 3:4 X",
        "UID FETCH 1:* (BODY[])",
        "APPEND X (\\Seen werk) {3+}\r\nabc",
        "UID SEARCH UNSEEN",
    ]);
    prop_oneof![
        2 => Just(Step::Deliver),
        2 => (prop::sample::select(vec!["bob", "carla"]), prop::sample::select(RIGHTS.to_vec()))
            .prop_map(|(with, rights)| Step::Share { with, rights }),
        5 => (0..SESSIONS.len(), said).prop_map(|(session, command)| Step::Say { session, command }),
        5 => (0..SESSIONS.len(), plain)
            .prop_map(|(session, command)| Step::Say { session, command: command.to_owned() }),
    ]
}

/// UIDs and flags as a session knows them, once it has asked for those that it was not told.
async fn known(client: &mut Mirror) -> Vec<(Option<u32>, Option<FlagSet>)> {
    client.rows.iter().map(|row| (row.uid, row.flags.clone())).collect()
}

async fn play(steps: Vec<Step>) {
    let mut house = House::new().await;
    house.anna().await.create_mailbox(&crate::stage::mailbox("map"), None).await.unwrap();
    for with in ["bob", "carla"] {
        house.share("map", with, "lrswite").await.unwrap();
    }
    let mut clients = Vec::new();
    for (name, mailbox) in SESSIONS {
        let mut client = Mirror::of(house.open(), name).await;
        client.ok(&format!("SELECT {mailbox}")).await;
        clients.push(client);
    }
    for step in steps {
        match step {
            Step::Deliver => house.deliver("map", b"Subject: x\r\n\r\nhallo\r\n", Flags::default()).await.unwrap(),
            Step::Share { with, rights } => house.share("map", with, rights).await.unwrap(),
            Step::Say { session, command } => {
                let mailbox = SESSIONS[session].1;
                // A right may be missing: that is an answer too.
                clients[session].say(&command.replace(" X", &format!(" {mailbox}"))).await;
                // What has just come was told by its number alone.
                clients[session].say("UID FETCH 1:* FLAGS").await;
            }
        }
    }
    for (client, (name, mailbox)) in clients.iter_mut().zip(SESSIONS) {
        client.ok("NOOP").await;
        let new = client.rows.iter().position(|row| row.flags.is_none());
        if let Some(first) = new {
            client.ok(&format!("FETCH {}:* (UID FLAGS)", first + 1)).await;
        }
        let mut fresh = Mirror::of(house.open(), name).await;
        fresh.ok(&format!("EXAMINE {mailbox}")).await;
        fresh.say("FETCH 1:* (UID FLAGS)").await;
        assert_eq!(known(client).await, known(&mut fresh).await, "{name}");
    }
    let report = house.store.check(store::CheckDepth::Records).await.unwrap();
    assert!(report.is_clean(), "{:#?}", report.faults);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn what_each_was_told_is_what_there_is(steps in prop::collection::vec(step(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(play(steps));
    }
}
