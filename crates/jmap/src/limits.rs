//! The limits of this server: published in the session object (RFC 8620, 2) and kept from the same numbers.

/// `maxConcurrentUpload`: uploads of one account at once.
pub const CONCURRENT_UPLOADS: usize = 4;
/// What all uploads of an account may come to that no email has yet, in uploads of the largest size.
pub(crate) const UPLOADS: u64 = 10;
/// `maxSizeRequest`: bytes of a request.
pub const SIZE_REQUEST: usize = 10_000_000;
/// `maxConcurrentRequests`: requests of one account at once.
pub const CONCURRENT_REQUESTS: usize = 8;
/// `maxCallsInRequest`.
pub(crate) const CALLS_IN_REQUEST: usize = 32;
/// `maxObjectsInGet`.
pub(crate) const OBJECTS_IN_GET: usize = 1_000;
/// `maxObjectsInSet`.
pub(crate) const OBJECTS_IN_SET: usize = 1_000;
/// `collationAlgorithms` (RFC 4790), in the order of their names.
pub(crate) const COLLATIONS: &[&str] = &["i;unicode-casemap"];

/// What references of one request may repeat of earlier answers, in bytes.
pub(crate) const REFERENCES: usize = 4 * 1024 * 1024;
/// What the answers of one request may come to before further calls are refused, in bytes.
pub(crate) const ANSWERS: usize = 32 * 1024 * 1024;
/// Creation ids that one request may name.
pub(crate) const CREATED_IDS: usize = 4 * OBJECTS_IN_SET;
