//! Random bytes.

/// A source of random bytes good enough for ids, salts and boundaries.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A random number of 64 bits.
    fn number(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    /// A random number of 128 bits.
    fn wide(&self) -> u128 {
        u128::from(self.number()) << 64 | u128::from(self.number())
    }
}

/// The operating system's source.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // getrandom(2) fails only where the system call does not exist, and then nothing on this
        // machine can keep a secret: stopping is the only honest answer.
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}
