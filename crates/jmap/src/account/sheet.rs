//! ServiceSheet: what customers set up in their mail programs, as the page of settings has it.
use super::SINGLETON;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::reply::got;
use crate::method::{Answers, Method};
use crate::refusal;
use crate::state::of_value;
use admin::{Caller, Request, Response};
use guide::{Guide, Spoken};
use jmap_wire::{Arguments, Get, Id, MethodError, Object};
use serde_json::Value;
use texts::Language;

pub(super) const GET: Method = Method {
    name: "ServiceSheet/get",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    let language = arguments.text("language")?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let language = match language {
        Some(tag) => tag.parse().map_err(|_| MethodError::InvalidArguments(format!("`{tag}` is not spoken here")))?,
        None => context.parts.settings.language,
    };
    let mut object = said(&*guide(context).await?, language)?;
    let state = of_value(&object.clone().into());
    if let Some(wanted) = asked.properties {
        if let Some(unknown) = wanted.iter().find(|name| *name != "id" && !object.contains_key(*name)) {
            return Err(MethodError::InvalidArguments(format!("`{unknown}` is no property")));
        }
        object.retain(|name, _| wanted.contains(name));
    }
    object.insert("id".to_owned(), SINGLETON.into());
    let is_one = |id: &Id| id.as_str() == SINGLETON;
    let wanted = asked.ids.as_ref().is_none_or(|ids| ids.iter().any(is_one));
    let list = if wanted { vec![object.into()] } else { Vec::new() };
    let not_found: Vec<Id> = asked.ids.into_iter().flatten().filter(|id| !is_one(id)).collect();
    Ok(vec![context.answer(got(&opened, state, list, &not_found))])
}

async fn guide(context: &Context<'_>) -> Result<Box<Guide>, MethodError> {
    let caller = Caller::customer(&context.caller.address);
    match Box::pin(context.parts.admin.run(&caller, Request::Settings)).await {
        Ok(Response::Settings(guide)) => Ok(guide),
        Ok(_) => Err(MethodError::ServerFail("a fault of this server".to_owned())),
        Err(error) => Err(refusal::of_admin(&error)),
    }
}

fn said(guide: &Guide, language: Language) -> Result<Object, MethodError> {
    match serde_json::to_value(Spoken::new(guide, language)) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) | Err(_) => Err(MethodError::ServerFail("a fault of this server".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use guide::{Door, Guide, Open, Security, Service};
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    fn guide() -> Guide {
        let imap = Door {
            service: Service::Imap,
            names: vec!["imap.example.org".parse().unwrap()],
            ports: BTreeSet::from([993]),
            security: Security::Tls,
            login_without_tls: false,
        };
        let provider = "example.org".parse().unwrap();
        Guide::new(&Open {
            provider,
            name: None,
            doors: vec![imap],
            certified: None,
            bad_helo: None,
            page: "/settings",
            webmail: None,
        })
    }

    #[tokio::test]
    async fn it_is_what_the_page_says_in_both_languages() {
        let bench = Bench::new().await;
        assert_eq!(bench.call("ServiceSheet/get", json!({"ids": null})).await["type"], "serverUnavailable");
        bench.parts().admin.set_guide(guide());
        let ask = async |arguments: Value| bench.call("ServiceSheet/get", arguments).await;
        let english = ask(json!({"ids": ["singleton", "x"]})).await;
        let mut said = serde_json::to_value(guide::Spoken::new(&guide(), texts::Language::English)).unwrap();
        said["id"] = "singleton".into();
        assert_eq!((&english["list"], &english["notFound"]), (&json!([said]), &json!(["x"])));
        let dutch = ask(json!({"language": "nl", "properties": ["language"]})).await;
        assert_eq!(dutch["list"], json!([{"id": "singleton", "language": "nl"}]));
        assert_ne!(dutch["state"], english["state"]);
        assert_eq!(ask(json!({"language": "en"})).await["state"], english["state"]);
        for wrong in [json!({"language": "de"}), json!({"properties": ["nothing"]}), json!({"more": 1})] {
            assert_eq!(ask(wrong.clone()).await["type"], "invalidArguments", "{wrong}");
        }
    }
}
