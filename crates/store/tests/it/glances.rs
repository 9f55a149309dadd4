//! Glances at many emails: each once for each time that it was asked for, and nothing harms another.
use crate::place::{ANNA, Place};
use message::Glance;
use std::sync::Arc;
use store::{EmailId, KeyBuilder, Partition, PartitionKind};

/// The kinds of an email's records, as the schema has them.
const EMAIL: u8 = 4;
const EMAIL_MORE: u8 = 5;

/// What is kept of each look: what was asked with the email, its subject, how many messages it refers to.
type Looks = Vec<(u64, String, usize)>;

fn look() -> Arc<impl Fn(&mut Looks, u64, &Glance<'_>) + Send + Sync + 'static> {
    Arc::new(|looks: &mut Looks, asked: u64, glance: &Glance<'_>| {
        looks.push((asked, glance.base_subject.to_owned(), glance.references.count()));
    })
}

/// Every fifth has so many references that its parse stands in a record of its own.
fn references(number: u64) -> u64 {
    if number.is_multiple_of(5) { 60 } else { number % 3 }
}

#[tokio::test]
async fn emails_are_glanced_at_once_for_each_time_that_they_are_asked_for() {
    let place = Place::new().await;
    let mut ids = Vec::new();
    // more than a page of records, with numbers of other things between
    for number in 0..1_200 {
        let references: Vec<String> =
            (0..references(number)).map(|nth| format!("<{number}.{nth}@example.nl>")).collect();
        let text = format!("Subject: Re: s{number}\nReferences: {}\n\n.\n", references.join("\n "));
        ids.push(place.append(&text).await.email);
    }
    let wanted = |number: usize| {
        let number = number as u64;
        (number, format!("s{number}"), usize::try_from(references(number)).unwrap())
    };
    let glances = async |asked: Vec<usize>| {
        let emails = asked.iter().map(|number| (ids[*number], *number as u64)).collect();
        let mut looks = place.account.glance_at(emails, look()).await.unwrap();
        looks.sort();
        looks
    };
    let sorted = |asked: &[usize]| {
        let mut looks: Looks = asked.iter().copied().map(wanted).collect();
        looks.sort();
        looks
    };
    for asked in [
        vec![],
        vec![7],
        vec![5],
        vec![9, 3, 3, 10, 10, 10],
        (0..1_200).rev().collect(),
        (0..1_200).step_by(7).collect(),
        (0..1_200).filter(|number| number % 100 < 3).collect(),
    ] {
        assert_eq!(glances(asked.clone()).await, sorted(&asked));
    }
    // one that was never there, one whose record is damaged, one of whose records is
    let home = Partition::new(PartitionKind::Account, ANNA.0);
    place.memory.corrupt(home, &KeyBuilder::new(EMAIL).u64(ids[8].0).key());
    place.memory.corrupt(home, &KeyBuilder::new(EMAIL_MORE).u64(ids[15].0).key());
    let all: Vec<usize> = (0..30).collect();
    let rest: Vec<usize> = all.iter().copied().filter(|number| *number != 8 && *number != 15).collect();
    assert_eq!(glances(all).await, sorted(&rest));
    let looks = place.account.glance_at(vec![(EmailId(u64::MAX >> 8), 1), (ids[1], 2)], look()).await.unwrap();
    assert_eq!(looks, [(2, "s1".to_owned(), 1)]);
}

#[tokio::test]
async fn glances_leave_the_records_that_sessions_hold_alone() {
    let place = Place::new().await;
    let mut ids = Vec::new();
    for number in 0..300 {
        ids.push(place.append(&format!("Subject: s{number}\n\n.\n")).await.email);
    }
    let held = &ids[..10];
    place.account.emails(held).await.unwrap();
    let emails = ids.iter().map(|id| (*id, id.0)).collect();
    assert_eq!(place.account.glance_at(emails, look()).await.unwrap().len(), 300);
    let before = place.memory.counts();
    place.account.emails(held).await.unwrap();
    assert_eq!(place.memory.counts(), before, "they are still in memory");
    place.account.emails(&ids[200..201]).await.unwrap();
    assert_ne!(place.memory.counts(), before, "and nothing else is");
}
