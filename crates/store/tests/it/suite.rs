//! The engine in memory passes the suite.
use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex};
use store::Engine;
use store::memory::Memory;
use store_conformance::Bench;
use world::SystemClock;

pub(crate) struct MemoryBench(Mutex<Memory>);

impl MemoryBench {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Memory::new(Arc::new(SystemClock))))
    }
}

impl Bench for MemoryBench {
    fn open(&self) -> BoxFuture<'_, Arc<dyn Engine>> {
        let mut memory = self.0.lock().unwrap();
        *memory = memory.reopen();
        Box::pin(std::future::ready(Arc::new(memory.clone()) as Arc<dyn Engine>))
    }

    fn fail_next_sync(&self) -> bool {
        self.0.lock().unwrap().fail_sync();
        true
    }

    fn below_reserve(&self, below: bool) -> bool {
        self.0.lock().unwrap().below_reserve(below);
        true
    }
}

store_conformance::suite!(MemoryBench::new());
