//! A damaged page among the accounts hides those that lie there, and no others: `store check` and the sweep go on behind
//! it (docs/security.md, R08).
use std::collections::BTreeSet;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;

use engines::Embedded;
use names::AccountId;
use store::{CheckDepth, CheckReport, MailboxName, Store};
use world::Clock as _;

use crate::stage::{SMALL, copy, in_memory};

const ACCOUNTS: u64 = 300;
const PAGE: u64 = 4096;

async fn open(directory: &Path) -> Option<Store> {
    let (world, clock, _) = world::scripted::world();
    let engine = Embedded::open(directory, clock, SMALL).ok()?;
    Store::open(Arc::new(engine), world, store::Settings::default()).await.ok()
}

/// Numbers as wide apart as random ones.
fn account(number: u64) -> AccountId {
    AccountId((number + 1).wrapping_mul(u64::MAX / (ACCOUNTS + 1)))
}

async fn fill(directory: &Path) {
    let store = open(directory).await.unwrap();
    let mailboxes = ["Drafts", "Sent", "Trash"].map(|name| (MailboxName::new(name).unwrap(), None));
    for number in 0..ACCOUNTS {
        store.create_account(account(number), None, &mailboxes).await.unwrap();
    }
    store.shutdown().await;
}

/// The leaves of trees without row numbers, by SQLite's file format, 1.6: a first byte of 10.
fn leaves(file: &std::fs::File) -> Vec<u64> {
    let pages = file.metadata().unwrap().len() / PAGE;
    let is_leaf = |page: &u64| {
        let mut kind = [0];
        file.read_exact_at(&mut kind, page * PAGE).is_ok() && kind == [10]
    };
    (1..pages).filter(is_leaf).collect()
}

/// Between which numbers a fault of the list says that accounts are hidden.
fn hidden(report: &CheckReport) -> Vec<(u64, u64)> {
    let number = |word: &str| u64::from_str_radix(word.trim_end_matches(':').rsplit('/').next()?, 16).ok();
    let range = |what: &str| {
        let (from, rest) = what.split_once("between ")?.1.split_once(" and ")?;
        Some((number(from)?, number(rest.split(' ').next()?)?))
    };
    let lists = report.faults.iter().filter(|fault| fault.what.starts_with("the list of accounts"));
    lists.filter_map(|fault| range(&fault.what)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r08_a_damaged_page_among_the_accounts_hides_no_account_behind_it() {
    let directory = in_memory();
    fill(directory.path()).await;
    let leaves = leaves(&std::fs::File::open(directory.path().join("mail.db")).unwrap());
    assert!(leaves.len() > 20, "{leaves:?}");
    let mut hiding = 0;
    for page in leaves.iter().step_by(leaves.len() / 12) {
        let damaged = in_memory();
        copy(directory.path(), damaged.path());
        let file = std::fs::OpenOptions::new().write(true).open(damaged.path().join("mail.db")).unwrap();
        file.write_all_at(&[0x55; 4096], page * PAGE).unwrap();
        let Some(store) = open(damaged.path()).await else { continue };
        let report = store.check(CheckDepth::Records).await.unwrap();
        let ranges = hidden(&report);
        let mut gone = BTreeSet::new();
        for number in 0..ACCOUNTS {
            let id = account(number);
            if store.account(id).await.is_err() {
                gone.insert(id);
                let listed = ranges.iter().any(|(from, to)| (*from..=*to).contains(&id.0));
                let named = report.faults.iter().any(|fault| fault.account == Some(id));
                assert!(listed || named, "page {page}: {id} is hidden and not named: {:#?}", report.faults);
            }
        }
        assert!(gone.len() < 30, "page {page}: {} accounts are gone", gone.len());
        assert!(report.accounts + 30 > ACCOUNTS, "page {page}: {} of {ACCOUNTS} were looked at", report.accounts);
        hiding += u32::from(!ranges.is_empty());
        let swept = store.sweep(world::scripted::world().1.now(), &()).await;
        assert!(swept.is_err() || gone.is_empty(), "page {page}: {swept:?}");
        store.shutdown().await;
    }
    assert!(hiding > 4, "{hiding}");
}
