//! The store as a whole.
use crate::{Admin, Error, Permission, Response, StoreStatsView};
use serde::{Deserialize, Serialize};

/// An act on the store.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StoreAct {
    /// Sizes.
    Stats,
}

impl StoreAct {
    pub(crate) const fn permission(self) -> Permission {
        match self {
            Self::Stats => Permission::Look,
        }
    }
}

impl Admin {
    pub(crate) async fn whole(&self, act: StoreAct) -> Result<Response, Error> {
        match act {
            StoreAct::Stats => {
                let stats = self.store.engine().stats().await?;
                let domains = self.directory.domains().await?;
                Ok(Response::StoreStats(StoreStatsView::new(&stats, &domains)))
            }
        }
    }
}
