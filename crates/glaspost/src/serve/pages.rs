//! What the HTTPS listener serves, from the configuration.
use crate::configuration::{Configuration, MtaStsMode};
use crate::house::House;
use std::sync::Arc;
use web::{SettingsPage, Web};

/// The pages of one listener.
pub(super) fn web(configuration: &Configuration, house: &House, settings: Arc<SettingsPage>) -> Web {
    Web::new(web::Parts { directory: house.directory.clone(), mta_sts: mta_sts(configuration), settings })
}

/// The policy that is published, if one is.
fn mta_sts(configuration: &Configuration) -> Option<web::MtaSts> {
    let section = &configuration.mta_sts;
    let mode = match section.mode? {
        MtaStsMode::None => web::MtaStsMode::None,
        MtaStsMode::Testing => web::MtaStsMode::Testing,
        MtaStsMode::Enforce => web::MtaStsMode::Enforce,
    };
    let hosts = if section.hosts.is_empty() {
        configuration.general.host_name.iter().map(ToString::to_string).collect()
    } else {
        section.hosts.clone()
    };
    Some(web::MtaSts { mode, hosts, max_age: section.max_age.0 })
}
