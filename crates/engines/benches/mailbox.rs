//! What a client waits for at a large mailbox: its first view, and a look at all of its emails, on the disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench that cannot go on has failed")]
use criterion::{BatchSize, Criterion, Throughput};
use engines::{Embedded, Settings};
use message::Glance;
use names::AccountId;
use std::sync::Arc;
use store::{Account, EmailId, LineEnds, MailboxId, NewEmail, ReceivedAt, Store};
use world::World;

const MESSAGES: u64 = 20_000;
const TOGETHER: u64 = 200;
const BATCH: usize = 2_000;

async fn open(engine: &Arc<Embedded>, world: &World) -> (Account, MailboxId) {
    let store = Store::open(engine.clone(), world.clone(), store::Settings::default()).await.unwrap();
    store.create_account(AccountId(1), None, &[]).await.unwrap();
    let account = store.account(AccountId(1)).await.unwrap();
    let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
    (account, inbox)
}

async fn fill(engine: &Arc<Embedded>, world: &World) {
    let store = Store::open(engine.clone(), world.clone(), store::Settings::default()).await.unwrap();
    let (account, inbox) = open(engine, world).await;
    for first in (0..MESSAGES).step_by(usize::try_from(TOGETHER).unwrap()) {
        let mut emails = Vec::new();
        for number in first..first + TOGETHER {
            let text = format!(
                "From: \"Anna Jansen\" <anna{}@example.nl>\r\nTo: <bob@example.nl>\r\nSubject: Re: letter {}\r\n\
                 Date: Fri, 21 Nov 1997 09:55:06 +0100\r\nMessage-ID: <{number}.a@example.nl>\r\n\
                 References: <{}.a@example.nl>\r\n\r\nHallo.\r\n",
                number % 10,
                number * 7919 % 4_001,
                number / 4 * 4,
            );
            let mut writer = store.blob_writer(LineEnds::ToCrlf);
            writer.write(text.as_bytes()).await.unwrap();
            emails.push(NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::default()));
        }
        account.append(inbox, emails).await.unwrap();
    }
}

/// Looks at all subjects, two batches at a time.
async fn look(account: &Account, ids: &[EmailId]) -> u64 {
    let look = Arc::new(|octets: &mut u64, (): (), glance: &Glance<'_>| *octets += glance.base_subject.len() as u64);
    let batches: Vec<Vec<(EmailId, ())>> =
        ids.chunks(BATCH).map(|batch| batch.iter().map(|id| (*id, ())).collect()).collect();
    let mut octets = 0;
    for two in batches.chunks(2) {
        let asked = two.iter().map(|batch| account.glance_at(batch.clone(), look.clone()));
        octets += futures_util::future::try_join_all(asked).await.unwrap().iter().sum::<u64>();
    }
    octets
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    // below target, which is on a disk where /tmp may not be
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (world, clock, _) = world::scripted::world();
    let engine = Arc::new(Embedded::open(directory.path(), clock, Settings::default()).unwrap());
    let (account, inbox) = runtime.block_on(async {
        fill(&engine, &world).await;
        open(&engine, &world).await
    });
    let mut group = criterion.benchmark_group("a mailbox of 20,000");
    group.throughput(Throughput::Elements(MESSAGES)).sample_size(20);
    group.bench_function("its first view", |bencher| {
        bencher.iter_batched(
            || runtime.block_on(open(&engine, &world)).0,
            |account| runtime.block_on(account.view(inbox)).unwrap().len(),
            BatchSize::PerIteration,
        );
    });
    let ids: Vec<EmailId> =
        runtime.block_on(account.view(inbox)).unwrap().iter().map(|message| message.email).collect();
    group.bench_function("a look at all subjects", |bencher| {
        bencher.iter(|| runtime.block_on(look(&account, &ids)));
    });
    group.finish();
    runtime.block_on(store::Engine::shutdown(&*engine));
    criterion.final_summary();
}
