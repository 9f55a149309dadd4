//! What the HTTPS listener serves, from the configuration.
use crate::brand::brand;
use crate::configuration::{Configuration, MtaStsMode, ServiceKind};
use crate::failure::{Code, Failure};
use crate::house::House;
use crate::own_names::own_names;
use crate::serve::doors::allowance;
use jmap::Jmap;
use std::sync::Arc;
use web::{SettingsPage, Web};
use world::World;

/// The pages of all listeners.
pub(super) fn web(
    configuration: &Configuration,
    house: &House,
    world: &World,
    settings: Arc<SettingsPage>,
) -> Result<Web, Failure> {
    let jmap = jmap(configuration, house, world)?;
    Ok(Web::new(web::Parts {
        directory: house.directory.clone(),
        mta_sts: mta_sts(configuration),
        delivery: house.delivery.clone(),
        settings,
        jmap,
        visitors: house.visitors.clone(),
        pictures: house.pictures.clone(),
        webmail: super::webmail::FILES,
        brand: brand(configuration),
    }))
}

/// JMAP, as the configuration has it.
pub(super) fn jmap(configuration: &Configuration, house: &House, world: &World) -> Result<Jmap, Failure> {
    let host_name = configuration.general.host_name.clone();
    let host_name = host_name.ok_or_else(|| Failure::new(Code::Config, "`host-name` is missing"))?;
    let submission = &configuration.submission;
    let settings = jmap::Settings {
        max_message_size: configuration.general.max_message_size,
        own_seen: configuration.imap.own_seen,
        language: configuration.general.language.spoken(),
        max_recipients: submission.max_recipients,
        max_delayed_send: submission.max_hold.0,
        undo_time: submission.undo_time.0,
        allowance: allowance(configuration),
        own_names: own_names(configuration),
        ..jmap::Settings::new(host_name)
    };
    Ok(Jmap::new(jmap::Parts {
        store: house.store.clone(),
        directory: house.directory.clone(),
        delivery: house.delivery.clone(),
        admin: house.admin.clone(),
        world: world.clone(),
        searches: house.searches.clone(),
        pushing: house.pushing.clone(),
        settings,
    }))
}

/// The address of JMAP's session object, by the name under which customers know the first HTTPS listener.
pub(super) fn session_address(configuration: &Configuration) -> Option<String> {
    let mut listeners = configuration.listeners.iter();
    let listener = listeners.find(|listener| listener.service == Some(ServiceKind::Https))?;
    let name = listener.names.first().or(configuration.general.host_name.as_ref())?;
    match listener.address.first()?.port() {
        // the system chooses one, and nobody knows it yet
        0 => None,
        443 => Some(format!("https://{name}/jmap/session")),
        port => Some(format!("https://{name}:{port}/jmap/session")),
    }
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

#[cfg(test)]
mod tests {
    use super::session_address;
    use crate::configuration::{Configuration, Listener, ServiceKind};

    #[test]
    fn jmap_is_where_customers_know_the_first_https_listener() {
        let mut configuration = Configuration::default();
        assert_eq!(session_address(&configuration), None);
        configuration.general.host_name = Some("mail.example.nl".parse().unwrap());
        for (address, names, expected) in [
            ("192.0.2.1:443", vec![], Some("https://mail.example.nl/jmap/session")),
            ("192.0.2.1:443", vec!["web.example.nl"], Some("https://web.example.nl/jmap/session")),
            ("[2001:db8::1]:8443", vec!["web.example.nl"], Some("https://web.example.nl:8443/jmap/session")),
            ("127.0.0.1:0", vec!["web.example.nl"], None),
        ] {
            configuration.listeners = vec![Listener {
                service: Some(ServiceKind::Https),
                address: vec![address.parse().unwrap()],
                names: names.into_iter().map(|name| name.parse().unwrap()).collect(),
                ..Listener::default()
            }];
            assert_eq!(session_address(&configuration).as_deref(), expected, "{address}");
        }
    }
}
