//! The store as a whole: its sizes, whether it is sound, and giving space back.
use crate::{Admin, Caller, Error, Permission, Response, StoreStatsView};
use serde::{Deserialize, Serialize};

/// An act on the store.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum StoreAct {
    /// Sizes.
    Stats,
    /// Proves that all is sound: mail and directory.
    Check {
        /// Whether every byte of every message is read too.
        #[serde(default)]
        bytes: bool,
    },
    /// Removes what was deleted too long ago, and gives its space back.
    Compact,
}

impl StoreAct {
    pub(crate) const fn permission(self) -> Permission {
        match self {
            Self::Stats | Self::Check { .. } => Permission::Look,
            Self::Compact => Permission::Operate,
        }
    }
}

impl Admin {
    pub(crate) async fn whole(&self, caller: &Caller, act: StoreAct) -> Result<Response, Error> {
        match act {
            StoreAct::Stats => {
                let stats = self.store.engine().stats().await?;
                let domains = self.directory.domains().await?;
                Ok(Response::StoreStats(StoreStatsView::new(&stats, &domains)))
            }
            StoreAct::Check { bytes } => self.check_all(bytes).await,
            StoreAct::Compact => {
                let swept = self.store.sweep(self.world.clock.now(), &self.queue).await?;
                self.told(caller, "store compact", &format!("{} emails, {} blobs", swept.emails, swept.blobs), None);
                Ok(Response::Compacted { emails: swept.emails, blobs: swept.blobs, bytes: swept.bytes })
            }
        }
    }
}
