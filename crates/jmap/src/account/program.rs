//! ProgramLogin: by what the account is used, and what ends that.
use super::act;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::{OBJECTS_IN_GET, OBJECTS_IN_SET};
use crate::mail::reply::{Written, got, known, told};
use crate::method::{Answers, Method};
use crate::refusal;
use crate::state::of_value;
use admin::{AccountAct, LoginView, Response};
use jmap_wire::{Arguments, Get, MethodError, Object, Set, SetError, utc_date};
use serde_json::{Value, json};

pub(super) const GET: Method = Method {
    name: "ProgramLogin/get",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(get(context, arguments)),
};
pub(super) const SET: Method = Method {
    name: "ProgramLogin/set",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

const PROPERTIES: [&str; 13] = [
    "id",
    "kind",
    "service",
    "program",
    "host",
    "port",
    "tls",
    "address",
    "firstSeen",
    "lastSeen",
    "open",
    "isThis",
    "advice",
];

/// All of them, and the state of that.
async fn kept(context: &Context<'_>) -> Result<(Vec<Object>, String), MethodError> {
    let address = context.caller.address.clone();
    let logins = match act(context, AccountAct::Logins { address }).await {
        Ok(Response::Logins { logins }) => logins,
        Ok(_) => return Err(MethodError::ServerFail("a fault of this server".to_owned())),
        Err(error) => return Err(refusal::of_admin(&error)),
    };
    let this = context.caller.login.map(|login| login.to_string());
    let all: Vec<Object> = logins.into_iter().map(|login| object(login, this.as_deref())).collect();
    // by when it was seen last and how often it is open it is another one all the time
    let lasting = all.iter().map(|object| {
        let lasting = object.iter().filter(|(name, _)| !matches!(name.as_str(), "lastSeen" | "open"));
        lasting.map(|(name, value)| (name.clone(), value.clone())).collect::<Object>()
    });
    let state = of_value(&lasting.collect::<Vec<_>>().into());
    Ok((all, state))
}

fn object(login: LoginView, this: Option<&str>) -> Object {
    let date = |seconds: u64| utc_date(i64::try_from(seconds).unwrap_or(i64::MAX));
    let members: [(&str, Value); PROPERTIES.len()] = [
        ("kind", if login.token { "token" } else { "password" }.into()),
        ("isThis", (this == Some(&login.id)).into()),
        ("id", login.id.into()),
        ("service", login.service.into()),
        ("program", login.program.into()),
        ("host", login.host.map(|host| host.to_string()).into()),
        ("port", login.port.into()),
        ("tls", login.tls.into()),
        ("address", login.address.map(|address| address.to_string()).into()),
        ("firstSeen", date(login.first).into()),
        ("lastSeen", date(login.last).into()),
        ("open", login.open.into()),
        ("advice", json!(login.advice)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let (all, state) = kept(context).await?;
    let mut not_found = asked.ids.clone().unwrap_or_default();
    let mut list = Vec::new();
    for object in all {
        let is = |id: &jmap_wire::Id| object.get("id").and_then(Value::as_str) == Some(id.as_str());
        let wanted = asked.ids.as_ref().is_none_or(|ids| ids.iter().any(is));
        not_found.retain(|id| !is(id));
        if wanted {
            let shown = object.into_iter().filter(|(name, _)| properties.contains(&name.as_str()));
            list.push(shown.collect::<Object>().into());
        }
    }
    Ok(vec![context.answer(got(&opened, state, list, &not_found))])
}

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let (_, old_state) = kept(context).await?;
    if asked.if_in_state.is_some_and(|state| state != old_state) {
        return Err(MethodError::StateMismatch);
    }
    let mut written = Written::default();
    // who logs in makes one, and nobody else
    let forbidden = || told(&SetError::new("forbidden").because("logins come by logging in"));
    for (creation, _) in asked.create {
        written.not_created.insert(creation.into(), forbidden());
    }
    for (id, _) in asked.update {
        written.not_updated.insert(id, forbidden());
    }
    for id in asked.destroy {
        let address = context.caller.address.clone();
        match act(context, AccountAct::EndLogin { address, login: id.clone() }).await {
            Ok(_) => written.destroyed.push(id.into()),
            Err(error) => drop(written.not_destroyed.insert(id, told(&refusal::set_of_admin(&error)))),
        }
    }
    let (_, new_state) = kept(context).await?;
    Ok(vec![context.answer(written.answer(context, &opened, old_state, new_state))])
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use directory::{Attempt, Came, Doorway, Login, Service};
    use names::Secret;
    use serde_json::{Value, json};
    use std::time::Duration;

    /// Anna's program logs in.
    async fn log_in(bench: &Bench, service: Service) -> Login {
        let attempt = Attempt {
            name: "anna@example.org".to_owned(),
            password: Secret::new("een lang wachtwoord".to_owned()),
            from: "192.0.2.7".parse().unwrap(),
            service,
            tls: true,
        };
        bench.parts().directory.login(attempt).await.unwrap()
    }

    fn came<'a>(listener: &'a str, server_name: Option<&'a str>, program: Option<&'a str>) -> Came<'a> {
        let from = "192.0.2.7".parse().unwrap();
        Came { listener, server_name, port: 993, tls: listener != "plain", from, program, by_browser: false }
    }

    async fn list(bench: &Bench) -> Vec<Value> {
        let got = bench.call("ProgramLogin/get", json!({"ids": null})).await;
        got["list"].as_array().unwrap().clone()
    }

    #[tokio::test]
    async fn each_program_is_told_once_with_how_it_came() {
        let bench = Bench::new().await;
        let imaps =
            Doorway { listener: "imaps".into(), host: Some("imap.example.org".parse().unwrap()), implicit: true };
        bench.parts().directory.know_doors(vec![imaps]);
        assert_eq!(list(&bench).await, Vec::<Value>::new());
        let first = log_in(&bench, Service::Imap).await;
        first.permit.came(&came("imaps", None, None));
        first.permit.is_called("Thunderbird\r\n 128");
        let second = log_in(&bench, Service::Imap).await;
        second.permit.came(&came("imaps", Some("imap.example.org"), Some("Thunderbird 128")));
        let told = list(&bench).await;
        let [thunderbird] = told.as_slice() else { panic!("{told:?}") };
        let mut expected = json!({
            "kind": "password", "service": "imap", "program": "Thunderbird 128", "host": "imap.example.org", "port": 993,
            "tls": "implicit", "address": "192.0.2.7", "open": 2, "isThis": false, "advice": null
        });
        for name in ["id", "firstSeen", "lastSeen"] {
            expected[name] = thunderbird[name].clone();
        }
        assert_eq!(*thunderbird, expected);
        drop((first, second));
        let third = log_in(&bench, Service::Pop3).await;
        third.permit.came(&came("plain", None, None));
        let told = list(&bench).await;
        let both = told.iter().map(|one| (one["service"].as_str(), one["open"].as_u64(), one["advice"].as_str()));
        let mut both: Vec<_> = both.collect();
        both.sort();
        assert_eq!(both, [(Some("imap"), Some(0), None), (Some("pop3"), Some(1), Some("plain"))]);
    }

    #[tokio::test]
    async fn a_token_is_told_and_ended() {
        let bench = Bench::new().await;
        let directory = &bench.parts().directory;
        let login = log_in(&bench, Service::Jmap).await;
        let token = directory.issue_token(&login, Duration::from_secs(600), "phone").await.unwrap();
        drop(login);
        let (mut session, _) = directory.login_by_token(token.text.reveal(), Service::Jmap).await.unwrap();
        session.permit.came(&Came { by_browser: true, ..came("https", None, Some("Firefox")) });
        let told = list(&bench).await;
        let [one] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!(
            (&one["kind"], &one["service"], &one["program"]),
            (&json!("token"), &json!("webmail"), &json!("Firefox"))
        );
        let got = bench.call("ProgramLogin/get", json!({"ids": [one["id"], "t0"], "properties": ["open"]})).await;
        assert_eq!((&got["list"], &got["notFound"]), (&json!([{"id": one["id"], "open": 1}]), &json!(["t0"])));
        let set = json!({"destroy": [one["id"], "t0"], "create": {"k": {}}, "update": {"x": {}}});
        let set = bench.call("ProgramLogin/set", set).await;
        assert_eq!((&set["destroyed"], &set["notDestroyed"]["t0"]["type"]), (&json!([one["id"]]), &json!("notFound")));
        assert_eq!(
            (&set["notCreated"]["k"]["type"], &set["notUpdated"]["x"]["type"]),
            (&json!("forbidden"), &json!("forbidden"))
        );
        session.revoked.wait().await;
        assert!(directory.login_by_token(token.text.reveal(), Service::Jmap).await.is_err());
        drop(session);
        assert_eq!(list(&bench).await, Vec::<Value>::new());
    }

    #[tokio::test]
    async fn the_sessions_of_a_program_are_ended_and_others_go_on() {
        let bench = Bench::new().await;
        let (mut one, other) = (log_in(&bench, Service::Imap).await, log_in(&bench, Service::Imap).await);
        one.permit.came(&came("imaps", None, Some("Mail")));
        other.permit.came(&came("imaps", None, Some("K-9")));
        let told = list(&bench).await;
        let id = told.iter().find(|told| told["program"] == "Mail").unwrap()["id"].clone();
        let state = json!({"ifInState": "l0", "destroy": [id]});
        assert_eq!(bench.call("ProgramLogin/set", state).await["type"], "stateMismatch");
        let set = bench.call("ProgramLogin/set", json!({"destroy": [id]})).await;
        assert_eq!(set["destroyed"], json!([id]));
        one.revoked.wait().await;
        assert_eq!(other.revoked.cause(), None);
        drop(one);
        assert_eq!(list(&bench).await.len(), 1, "what was ended is not noted when it goes");
        // who has the password comes back
        log_in(&bench, Service::Imap).await.permit.came(&came("imaps", None, Some("Mail")));
        assert_eq!(list(&bench).await.len(), 2);
    }
}
