//! Damage above the records, in the inner pages of the trees that hold them: no record's own sum shows it, and it leads
//! look-ups past whole pages of records. `store check` says which.
use std::collections::BTreeSet;
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use engines::Embedded;
use store::{Engine, Found, Read};

use crate::stage::{ACCOUNT, SMALL, clock, copy, in_memory, noise, open, put, write};

/// Ten or so to a page, so that there are two levels of inner pages.
const RECORDS: u32 = 1_500;
const VALUE: usize = 330;

fn key(number: u32) -> Vec<u8> {
    [&b"k"[..], &number.to_be_bytes()].concat()
}

async fn fill(directory: &Path) {
    let engine = open(directory);
    for first in (0..RECORDS).step_by(100) {
        let records = first..first + 100;
        let writes = records.map(|n| put(&key(n), u64::from(n), &noise(u64::from(n), VALUE))).collect();
        write(&engine, writes).await.unwrap();
    }
    engine.shutdown().await;
}

/// The inner pages of the table of records, the root first.
fn inner_pages(directory: &Path) -> Vec<u64> {
    let connection = rusqlite::Connection::open(directory.join("mail.db")).unwrap();
    let sql = "SELECT pageno FROM dbstat WHERE name = 'record' AND pagetype = 'internal' ORDER BY path";
    let mut statement = connection.prepare(sql).unwrap();
    statement.query_map([], |row| row.get::<_, i64>(0)).unwrap().map(|page| page.unwrap().try_into().unwrap()).collect()
}

/// Records that are not found as they were written. Fifty are asked for together, and one by one where that shows a fault.
async fn hidden(engine: &Embedded) -> BTreeSet<u32> {
    let mut hidden = BTreeSet::new();
    for first in (0..RECORDS).step_by(50) {
        let numbers = first..first + 50;
        if !are_whole(engine, numbers.clone()).await {
            for number in numbers {
                if !are_whole(engine, number..number + 1).await {
                    hidden.insert(number);
                }
            }
        }
    }
    hidden
}

/// Whether each of these is found; never as something else.
async fn are_whole(engine: &Embedded, numbers: Range<u32>) -> bool {
    let gets = numbers.clone().map(|number| Read::Get(key(number))).collect();
    let Ok(found) = engine.read(ACCOUNT, gets).await else { return false };
    numbers.zip(found).all(|(number, found)| match found {
        Found::One(Some(value)) => {
            assert_eq!(value.payload, noise(u64::from(number), VALUE), "a wrong byte of {number} was served");
            true
        }
        _ => false,
    })
}

/// The numbers between the two keys that a fault names: both bounds included.
fn named(fault: &str) -> Option<(u32, u32)> {
    let words: Vec<&str> = fault.split("; records between ").nth(1)?.split(' ').collect();
    let place = words.iter().position(|word| *word == "and")?;
    let number = |words: &[&str], none: u32| match words {
        [partition, key] if *partition == ACCOUNT.to_string() => {
            let key = data_encoding::HEXLOWER.decode(key.as_bytes()).unwrap_or_default();
            // a damaged bound may be no key of these: then it bounds nothing
            key.get(1..5)
                .filter(|_| key[0] == b'k')
                .map_or(none, |number| u32::from_be_bytes(number.try_into().unwrap()))
        }
        _ => none,
    };
    let end = words.iter().position(|word| *word == "may")?;
    Some((number(&words[..place], 0), number(&words[place + 1..end], RECORDS)))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r08_damage_to_an_inner_page_is_named_with_the_records_that_it_hides() {
    let directory = in_memory();
    fill(directory.path()).await;
    let pages = inner_pages(directory.path());
    assert!(pages.len() > 3, "{pages:?}");
    let all = std::env::var_os("GLASPOST_CHAOS").is_some();
    let (mut hiding, mut precise, mut tried) = (0, 0, 0);
    for (nth, page) in pages.iter().enumerate() {
        // the header and the first cells' places; then now and then a byte, in each page at others
        let step = |step: usize| if all { step.min(3) } else { step };
        let header = (0..24).step_by(step(if nth < 2 { 1 } else { 5 }));
        let places = header.chain((24 + nth as u64 * 13..4096).step_by(step(397)));
        for at in places {
            let damaged = in_memory();
            copy(directory.path(), damaged.path());
            let file = damaged.path().join("mail.db");
            let file = std::fs::OpenOptions::new().read(true).write(true).open(file).unwrap();
            let (place, mut byte) = ((page - 1) * 4096 + at, [0]);
            file.read_exact_at(&mut byte, place).unwrap();
            file.write_all_at(&[byte[0] ^ if at % 2 == 0 { 0x01 } else { 0x40 }], place).unwrap();
            let context = format!("page {page}, byte {at}");
            tried += 1;
            let Ok(engine) = Embedded::open(damaged.path(), clock(), SMALL) else { continue };
            let hidden = hidden(&engine).await;
            let faults = engine.check().await.unwrap_or_else(|error| vec![error.to_string()]);
            engine.shutdown().await;
            if hidden.is_empty() {
                continue;
            }
            hiding += 1;
            let ranges: Vec<(u32, u32)> = faults.iter().filter_map(|fault| named(fault)).collect();
            let is_named = |number: &u32| ranges.iter().any(|(from, to)| from <= number && number <= to);
            let missed: Vec<&u32> = hidden.iter().filter(|number| !is_named(number)).collect();
            // a row of an inner page has a sum of its own: whoever reads it names it
            let own = missed.len() == 1 && corrupt(damaged.path(), *missed[0]).await;
            assert!(missed.is_empty() || own, "{context}: {missed:?} are hidden and not named: {faults:#?}");
            let widest = ranges.iter().map(|(from, to)| to - from).max().unwrap_or(0);
            precise += u32::from(widest < RECORDS / 2);
        }
    }
    println!("{tried} bytes: {hiding} hide records, {precise} of these are named to less than half of the table");
    assert!(
        hiding > tried / 10 && precise > hiding / 3,
        "{tried} bytes, {hiding} hide records, {precise} named closely"
    );
}

/// Whether a record is there and fails its sum.
async fn corrupt(directory: &Path, number: u32) -> bool {
    let engine = Embedded::open(directory, clock(), SMALL).unwrap();
    let found = engine.read(ACCOUNT, vec![Read::Get(key(number))]).await;
    matches!(found.as_deref(), Ok([Found::Corrupt(_)]))
}
