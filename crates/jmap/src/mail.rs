//! Mail (RFC 8621).
use crate::method::Method;

pub(crate) const METHODS: &[Method] = &[];
