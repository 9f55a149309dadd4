//! The directory itself: what it is made of and how it is set up.
use crate::login::{HashPool, LoginObserver, Programs, Sessions, Throttle, Verdicts};
use crate::postmaster::Administrator;
use crate::shelf::Shelf;
use crate::{Doorway, HashCost, HashError, PasswordHash, PasswordRules, Pepper, ThrottleLimits};
use names::Domain;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;
use store::Records;
use world::World;

/// How the directory runs.
#[derive(Debug, Clone)]
pub struct DirectorySettings {
    /// The domain of a login name that is written without one.
    pub default_domain: Option<Domain>,
    /// What a new password hash costs.
    pub hash_cost: HashCost,
    /// Passwords hashed at once; each takes the memory of its hash. Default: the number of cores.
    pub hash_permits: usize,
    /// What a new password must be.
    pub passwords: PasswordRules,
    /// What passwords go through before they are hashed; nothing: they are hashed as they are.
    pub pepper: Option<Pepper>,
    /// How long a right password is remembered. Default a minute; zero for not at all.
    pub remembered: Duration,
    /// Sessions of one account in one service at once. Default 20.
    pub sessions_per_account: usize,
    /// Limits against guessing; without them nothing is delayed, counted or refused.
    pub throttle: Option<ThrottleLimits>,
    /// Domains, and addresses, that are kept in memory. Default 20,000 of each.
    pub cached_records: usize,
}

impl Default for DirectorySettings {
    fn default() -> Self {
        Self {
            default_domain: None,
            hash_cost: HashCost::default(),
            hash_permits: available_parallelism().map_or(1, usize::from),
            passwords: PasswordRules::default(),
            pepper: None,
            remembered: Duration::from_secs(60),
            sessions_per_account: 20,
            throttle: Some(ThrottleLimits::default()),
            cached_records: 20_000,
        }
    }
}

/// Domains, accounts, aliases, and who may log in. One a process: it holds the open sessions and the counts.
pub struct Directory {
    pub(crate) settings: DirectorySettings,
    pub(crate) world: World,
    pub(crate) shelf: Shelf,
    pub(crate) pool: HashPool,
    pub(crate) verdicts: Verdicts,
    pub(crate) throttle: Throttle,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) observer: Arc<dyn LoginObserver>,
    pub(crate) administrator: Administrator,
    /// Keys the hashes under which the throttle knows login names.
    pub(crate) name_key: [u8; 32],
    /// What an unknown name is verified against.
    pub(crate) nobody: PasswordHash,
}

impl Directory {
    /// Opens the directory on the store's records; `observer` is told what happens at the door (`Arc::new(())` ignores it).
    ///
    /// # Errors
    /// When the settings ask for a hash that argon2 does not know or the machine does not allow.
    pub fn new(
        records: Records,
        world: World,
        settings: DirectorySettings,
        observer: Arc<dyn LoginObserver>,
    ) -> Result<Self, HashError> {
        let cost = settings.hash_cost.checked()?;
        let mut name_key = [0; 32];
        world.random.fill(&mut name_key);
        Ok(Self {
            shelf: Shelf::new(records, &settings),
            pool: HashPool::new(settings.hash_permits),
            verdicts: Verdicts::new(&*world.random, settings.remembered),
            throttle: Throttle::new(settings.throttle),
            sessions: Sessions::new(settings.sessions_per_account, Programs::new(world.clone())),
            observer,
            administrator: Administrator::default(),
            name_key,
            nobody: PasswordHash::dummy(cost),
            world,
            settings,
        })
    }

    /// Learns which doors are open: what a login came by is told with their names.
    pub fn know_doors(&self, doors: Vec<Doorway>) {
        self.sessions.programs.know_doors(doors);
    }

    /// How many password hashes were computed since the start, for the metrics.
    pub fn hashes_computed(&self) -> u64 {
        self.pool.hashed()
    }
}
