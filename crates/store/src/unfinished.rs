//! Deliveries that are not over: what an account knows of them must outlive them.
use crate::error::Error;
use crate::id::DeliveryId;
use futures_util::future::BoxFuture;
use std::collections::BTreeSet;

/// Knows which deliveries may yet be brought to an account that has them already.
pub trait Unfinished: Send + Sync {
    /// Those of `deliveries` that are not over.
    ///
    /// # Errors
    /// Nobody knows just then: nothing is to be forgotten.
    fn among<'a>(&'a self, deliveries: &'a [DeliveryId]) -> BoxFuture<'a, Result<BTreeSet<DeliveryId>, Error>>;
}

/// A store without a queue: a delivery is over when it is answered.
impl Unfinished for () {
    fn among<'a>(&'a self, _: &'a [DeliveryId]) -> BoxFuture<'a, Result<BTreeSet<DeliveryId>, Error>> {
        Box::pin(async { Ok(BTreeSet::new()) })
    }
}
