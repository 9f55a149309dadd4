//! Where the tests happen: a store in memory with one account.
use names::AccountId;
use std::sync::Arc;
use store::memory::Memory;
use store::{Account, Appended, LineEnds, MailboxId, NewEmail, ReceivedAt, Settings, Store};
use world::scripted::ScriptedClock;
use world::{Clock, World};

pub(crate) struct Place {
    pub(crate) memory: Memory,
    pub(crate) store: Store,
    pub(crate) world: World,
    pub(crate) clock: Arc<ScriptedClock>,
    pub(crate) account: Account,
    pub(crate) inbox: MailboxId,
}

pub(crate) const ANNA: AccountId = AccountId(7);

impl Place {
    pub(crate) async fn new() -> Self {
        let (world, clock, _) = world::scripted::world();
        let memory = Memory::new(clock.clone());
        let store = Store::open(Arc::new(memory.clone()), world.clone(), Settings::default()).await.unwrap();
        store.create_account(ANNA, Some(1_000_000), &[]).await.unwrap();
        let account = store.account(ANNA).await.unwrap();
        let inbox = account.mailboxes().await.unwrap().inbox().unwrap().id;
        Self { memory, store, world, clock, account, inbox }
    }

    pub(crate) async fn email(&self, text: &str) -> NewEmail {
        let mut writer = self.store.blob_writer(LineEnds::ToCrlf);
        writer.write(text.as_bytes()).await.unwrap();
        NewEmail::new(writer.finish().await.unwrap(), ReceivedAt::utc(self.clock.now()))
    }

    pub(crate) async fn append(&self, text: &str) -> Appended {
        let email = self.email(text).await;
        self.account.append(self.inbox, vec![email]).await.unwrap().value()[0]
    }
}
