//! argon2id (RFC 9106), written as a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`.
use super::HashError;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use data_encoding::BASE64_NOPAD;
use std::fmt;
use subtle::ConstantTimeEq;
use world::Random;

/// What one new hash costs. The default is the least that OWASP advises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for HashCost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2, lanes: 1 }
    }
}

const SCHEME: &str = "ARGON2ID";
const SALT: usize = 16;
const HASH: usize = 32;
/// With as many permits as cores, this times the cores is the most memory that logins can take.
const MAX_MEMORY_KIB: u32 = 128 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;

/// Blocks of which the C library asks the kernel for all, whatever it has seen before, and gives them back when they are
/// freed (`mallopt(3)`, `M_MMAP_THRESHOLD`: 32 MiB at most); of fewer it keeps 19 MiB in each thread that hashed once.
/// Those that are not touched take no memory.
const OWN_MAPPING: usize = 33 * 1024 * 1024 / Block::SIZE;

/// Memory to hash in, kept from one hash to the next.
#[derive(Default)]
pub(crate) struct HashMemory(Vec<Block>);

impl HashMemory {
    /// How many KiB it has.
    pub(crate) fn kib(&self) -> usize {
        self.0.len() * Block::SIZE / 1024
    }

    fn blocks(&mut self, count: usize) -> Option<&mut [Block]> {
        if self.0.len() < count {
            // Nothing of the smaller one is worth copying.
            self.0 = Vec::with_capacity(count.max(OWN_MAPPING));
            self.0.resize(count, Block::new());
        }
        self.0.get_mut(..count)
    }
}

impl fmt::Debug for HashMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashMemory({} KiB)", self.kib())
    }
}

#[derive(Clone)]
pub(super) struct Argon2id {
    version: u32,
    cost: HashCost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Argon2id {
    pub(super) fn new(password: &[u8], cost: HashCost, random: &dyn Random, memory: &mut HashMemory) -> Self {
        let mut salt = vec![0; SALT];
        random.fill(&mut salt);
        let mut made = Self { version: 19, cost, salt, hash: vec![0; HASH] };
        // A cost out of range verifies nothing: `HashCost::checked` has seen it before.
        made.hash = made.compute(password, memory).unwrap_or_else(|| vec![0; HASH]);
        made
    }

    pub(super) fn dummy(cost: HashCost) -> Self {
        Self { version: 19, cost, salt: vec![0; SALT], hash: vec![0; HASH] }
    }

    pub(super) fn costs(&self, cost: HashCost) -> bool {
        self.version == 19 && self.cost == cost
    }

    pub(super) fn parse(data: &str) -> Result<Self, HashError> {
        let malformed = |what| HashError::Malformed { scheme: SCHEME, what };
        let rest = data.strip_prefix("$argon2id$").ok_or_else(|| malformed("it does not begin with $argon2id$"))?;
        let mut fields = rest.split('$');
        let mut next = |what| fields.next().ok_or_else(|| malformed(what));
        let first = next("it ends early")?;
        // Version 16 wrote no version at all.
        let (version, parameters) = match first.strip_prefix("v=") {
            Some(version) => (version, next("the parameters are missing")?),
            None => ("16", first),
        };
        let version: u32 = version.parse().map_err(|_| malformed("the version is not a number"))?;
        let salt = next("the salt is missing")?;
        let hash = next("the hash is missing")?;
        if fields.next().is_some() {
            return Err(malformed("there is something behind the hash"));
        }
        let decode = |field: &str, what| BASE64_NOPAD.decode(field.as_bytes()).map_err(|_| malformed(what));
        let parsed = Self {
            version,
            cost: parameters_of(parameters).ok_or_else(|| malformed("the parameters are not m=…,t=…,p=…"))?,
            salt: decode(salt, "the salt is not base64")?,
            hash: decode(hash, "the hash is not base64")?,
        };
        if !matches!(version, 16 | 19)
            || !(8..=64).contains(&parsed.salt.len())
            || !(12..=128).contains(&parsed.hash.len())
        {
            return Err(malformed("the version is unknown, or the salt or the hash has a wrong length"));
        }
        parsed.cost.checked()?;
        Ok(parsed)
    }

    pub(super) fn verify(&self, password: &[u8], memory: &mut HashMemory) -> bool {
        self.compute(password, memory).is_some_and(|computed| computed.ct_eq(&self.hash).into())
    }

    fn compute(&self, password: &[u8], memory: &mut HashMemory) -> Option<Vec<u8>> {
        let HashCost { memory_kib, passes, lanes } = self.cost;
        let version = if self.version == 16 { Version::V0x10 } else { Version::V0x13 };
        let parameters = Params::new(memory_kib, passes, lanes, Some(self.hash.len())).ok()?;
        let blocks = memory.blocks(parameters.block_count())?;
        let mut computed = vec![0; self.hash.len()];
        Argon2::new(Algorithm::Argon2id, version, parameters)
            .hash_password_into_with_memory(password, &self.salt, &mut computed, blocks)
            .ok()?;
        Some(computed)
    }
}

impl HashCost {
    /// The cost itself, when it is one that argon2 knows and this machine allows.
    ///
    /// # Errors
    /// When it is out of range: 8 KiB a lane to 128 MiB of memory, 1 to 16 passes, 1 to 16 lanes.
    pub fn checked(self) -> Result<Self, HashError> {
        let what = if self.memory_kib > MAX_MEMORY_KIB {
            "at most 131072 KiB of memory"
        } else if self.passes > MAX_PASSES {
            "at most 16 passes"
        } else if self.lanes > MAX_LANES {
            "at most 16 lanes"
        } else if self.passes == 0 || self.lanes == 0 || self.memory_kib < 8 * self.lanes {
            return Err(HashError::Malformed { scheme: SCHEME, what: "m, t or p is smaller than argon2 allows" });
        } else {
            return Ok(self);
        };
        Err(HashError::TooCostly { scheme: SCHEME, what })
    }
}

fn parameters_of(text: &str) -> Option<HashCost> {
    let mut fields = text.split(',');
    let mut number = |name: &str| fields.next()?.strip_prefix(name)?.parse::<u32>().ok();
    let cost = HashCost { memory_kib: number("m=")?, passes: number("t=")?, lanes: number("p=")? };
    fields.next().is_none().then_some(cost)
}

impl fmt::Display for Argon2id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let HashCost { memory_kib, passes, lanes } = self.cost;
        let (salt, hash) = (BASE64_NOPAD.encode(&self.salt), BASE64_NOPAD.encode(&self.hash));
        write!(f, "$argon2id$v={}$m={memory_kib},t={passes},p={lanes}${salt}${hash}", self.version)
    }
}
