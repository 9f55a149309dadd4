//! What customers set up by the doors that are open: who runs the server says it, and operators are told the same.
use crate::{Admin, Error, Response};
use guide::Guide;
use std::sync::Arc;

impl Admin {
    /// Takes `guide` as what customers set up from now on.
    pub fn set_guide(&self, guide: Guide) {
        self.guide.store(Some(Arc::new(guide)));
    }

    pub(crate) fn settings(&self) -> Result<Response, Error> {
        let guide = self.guide.load_full().ok_or_else(|| Error::Unavailable("no listener is open".to_owned()))?;
        Ok(Response::Settings(Box::new(Guide::clone(&guide))))
    }
}
