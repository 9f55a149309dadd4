//! What a customer sets of his own account, beyond the RFCs: Glaspost's own capability, `docs/jmap-account.md`. Every change is
//! an act of `admin`, the same that the command line makes; but for records of how a person looks at his mail (`record`).
mod blocked;
mod forwarding;
mod label;
mod password;
mod program;
mod record;
mod saved_search;
mod sheet;

use crate::context::Context;
use crate::exchange::{EXPORT_URL, IMPORT_SIZE, IMPORT_URL};
use crate::method::Method;
use crate::settings::Settings;
use admin::{AccountAct, MAX_OWN_TARGETS, Request, Response};
use serde_json::{Value, json};
use store::ObjectKind;

pub(crate) const METHODS: &[Method] = &[
    forwarding::GET,
    forwarding::SET,
    blocked::GET,
    blocked::SET,
    password::SET,
    program::GET,
    program::SET,
    sheet::GET,
    label::GET,
    label::CHANGES,
    label::SET,
    saved_search::GET,
    saved_search::CHANGES,
    saved_search::SET,
];

/// The id of what there is one of.
const SINGLETON: &str = "singleton";

/// What the session object says of an account.
pub(crate) fn in_account(settings: &Settings) -> Value {
    json!({
        "authservId": settings.host_name.as_str(),
        "maxForwardTargets": MAX_OWN_TARGETS,
        "maxBlockedSenders": ObjectKind::BlockedSender.most(),
        "maxLabels": ObjectKind::Label.most(),
        "maxSavedSearches": ObjectKind::SavedSearch.most(),
        "exportUrl": EXPORT_URL,
        "importUrl": IMPORT_URL,
        "maxSizeImport": IMPORT_SIZE,
    })
}

/// Has an act done on the caller's own account, as he may.
async fn act(context: &Context<'_>, act: AccountAct) -> Result<Response, admin::Error> {
    let caller = admin::Caller::customer(&context.caller.address);
    Box::pin(context.parts.admin.run(&caller, Request::Account(act))).await
}
