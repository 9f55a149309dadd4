//! SORT and THREAD again and again, while messages come and go: with what is kept they give what they would give anew.
use crate::mirror::Mirror;
use crate::stage::House;
use imap_wire::client::Data;
use store::Flags;

/// What is in the mailbox: UIDs with the number in their subject.
type Letters = Vec<(u32, u32)>;

async fn deliver(house: &House, letters: &mut Letters, next: &mut u32, count: u32) {
    for _ in 0..count {
        // many share a subject
        let subject = *next * 7919 % 61;
        let message = format!("From: a{}@x.example\r\nSubject: Re: letter {subject:02}\r\n\r\n.\r\n", *next % 5);
        house.deliver("INBOX", message.as_bytes(), Flags::default()).await.unwrap();
        letters.push((*next, subject));
        *next += 1;
    }
}

/// Asks for an order of all and of a part, and compares it with one made here.
async fn compare(client: &mut Mirror, letters: &Letters) {
    let told = |uids: Vec<u32>| [Data::Search("SORT".to_owned(), uids, None)];
    let by_subject = |of: &Letters, turned: bool| {
        let mut sorted = of.clone();
        sorted.sort_by(|one, other| if turned { other.1.cmp(&one.1) } else { one.1.cmp(&other.1) });
        sorted.into_iter().map(|(uid, _)| uid).collect::<Vec<u32>>()
    };
    client.ok("UID SORT (SUBJECT) UTF-8 ALL").await;
    assert_eq!(client.told, told(by_subject(letters, false)));
    client.ok("UID SORT (REVERSE SUBJECT) UTF-8 ALL").await;
    assert_eq!(client.told, told(by_subject(letters, true)));
    let part: Letters = letters.iter().copied().filter(|(uid, _)| (50..=120).contains(uid)).collect();
    client.ok("UID SORT (SUBJECT) UTF-8 UID 50:120").await;
    assert_eq!(client.told, told(by_subject(&part, false)));
    let from = |uid: u32| uid % 5;
    let mut sorted = letters.clone();
    sorted.sort_by_key(|(uid, subject)| (from(*uid), *subject));
    client.ok("UID SORT (FROM SUBJECT) UTF-8 ALL").await;
    assert_eq!(client.told, told(sorted.into_iter().map(|(uid, _)| uid).collect()));
}

#[tokio::test(start_paused = true)]
async fn an_order_that_is_kept_is_that_of_sorting_anew() {
    let mut house = House::new().await;
    let (mut letters, mut next) = (Letters::new(), 1);
    let mut client = Mirror::new(house.open()).await;
    client.ok("SELECT INBOX").await;
    // too few to be kept, then many, then one, a few, more than are put in one by one, and many again
    for (come, go) in [(60, 3), (240, 7), (1, 0), (10, 40), (0, 30), (31, 2), (33, 0), (0, 250), (5, 0), (300, 10)] {
        deliver(&house, &mut letters, &mut next, come).await;
        client.ok("NOOP").await;
        compare(&mut client, &letters).await;
        let gone: Vec<u32> = letters.iter().map(|(uid, _)| *uid).step_by(2).take(go).collect();
        for uid in &gone {
            client.ok(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)")).await;
        }
        client.ok("EXPUNGE").await;
        letters.retain(|(uid, _)| !gone.contains(uid));
        compare(&mut client, &letters).await;
    }
}

#[tokio::test(start_paused = true)]
async fn threads_of_what_is_kept_are_those_of_threading_anew() {
    let mut house = House::new().await;
    let (mut next, mut here) = (1_u32, Vec::new());
    let mut client = Mirror::new(house.open()).await;
    client.ok("SELECT INBOX").await;
    // too few to be kept, then many, then one, a few, most of them gone, and more than are looked at beside a table
    for (come, go) in [(60, 3), (240, 7), (0, 0), (1, 0), (30, 40), (0, 150), (2_050, 3), (2, 0)] {
        for _ in 0..come {
            let answered = next * 7919 % next.max(2);
            let message = format!(
                "Message-ID: <{next}@x.example>\r\nReferences: <{}@x.example>\r\n <{answered}@x.example>\r\n\
                 In-Reply-To: <{answered}@x.example>\r\nSubject: {}letter {}\r\n\r\n.\r\n",
                answered / 3,
                if next.is_multiple_of(3) { "Re: " } else { "" },
                next % 97,
            );
            house.deliver("INBOX", message.as_bytes(), Flags::default()).await.unwrap();
            here.push(next);
            next += 1;
        }
        client.ok("NOOP").await;
        let gone: Vec<u32> = here.iter().copied().step_by(2).take(go).collect();
        for uid in &gone {
            client.ok(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)")).await;
        }
        client.ok("EXPUNGE").await;
        here.retain(|uid| !gone.contains(uid));
        for asked in ["REFERENCES UTF-8 ALL", "REFS UTF-8 UID 50:120", "ORDEREDSUBJECT UTF-8 ALL", "REFS UTF-8 ALL"] {
            // a service of its own, which has kept nothing
            let mut anew = Mirror::new(house.open()).await;
            anew.ok("EXAMINE INBOX").await;
            for _ in 0..2 {
                client.ok(&format!("UID THREAD {asked}")).await;
                anew.ok(&format!("UID THREAD {asked}")).await;
                assert_eq!(client.told, anew.told, "{asked}");
            }
        }
    }
}
