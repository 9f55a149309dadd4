//! What every account has (RFC 8620): echo, the session object, blobs, push.
mod copy;
mod echo;
pub(crate) mod session;
pub(crate) mod subscription;
use crate::method::Method;

pub(crate) const METHODS: &[Method] = &[copy::COPY, echo::ECHO, subscription::GET, subscription::SET];
