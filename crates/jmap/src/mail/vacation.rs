//! VacationResponse (RFC 8621, 8): one object an account, which `delivery` acts on.
use super::reply::{Written, got, known, told};
use crate::capability::Capability;
use crate::commits::Begun;
use crate::context::Context;
use crate::limits::{OBJECTS_IN_GET, OBJECTS_IN_SET};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use delivery::{KeptVacation, Vacation, VacationError};
use jmap_wire::{Arguments, Get, Id, MethodError, Object, Set, SetError, UtcDate, patch, utc_date};
use serde_json::Value;
use store::{ObjectKind, StateOf};

pub(crate) const METHODS: &[Method] = &[
    Method {
        name: "VacationResponse/get",
        capability: Capability::Vacation,
        run: |context, arguments| Box::pin(get(context, arguments)),
    },
    Method {
        name: "VacationResponse/set",
        capability: Capability::Vacation,
        run: |context, arguments| Box::pin(set(context, arguments)),
    },
];

/// The id of the one that there is.
const SINGLETON: &str = "singleton";
const PROPERTIES: [&str; 7] = ["id", "isEnabled", "fromDate", "toDate", "subject", "textBody", "htmlBody"];
/// How often a change is tried again when others were first.
const TRIES: usize = 100;

async fn kept(opened: &Opened) -> Result<KeptVacation, MethodError> {
    KeptVacation::of(&opened.account).await.map_err(|error| refusal::method(&error))
}

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let kept = kept(&opened).await?;
    let is_one = |id: &Id| id.as_str() == SINGLETON;
    let wanted = asked.ids.as_ref().is_none_or(|ids| ids.iter().any(is_one));
    let list = if wanted { vec![shown(&kept.vacation, &properties)] } else { Vec::new() };
    let not_found: Vec<Id> = asked.ids.into_iter().flatten().filter(|id| !is_one(id)).collect();
    Ok(vec![context.answer(got(&opened, opened.state(kept.state), list, &not_found))])
}

fn shown(vacation: &Vacation, properties: &[&str]) -> Value {
    object(vacation).into_iter().filter(|(name, _)| properties.contains(&name.as_str())).collect::<Object>().into()
}

fn object(vacation: &Vacation) -> Object {
    let date = |seconds: Option<u64>| seconds.map(|seconds| utc_date(i64::try_from(seconds).unwrap_or(i64::MAX)));
    PROPERTIES
        .into_iter()
        .map(|name| {
            let value = match name {
                "id" => SINGLETON.into(),
                "isEnabled" => vacation.enabled.into(),
                "fromDate" => date(vacation.from).into(),
                "toDate" => date(vacation.until).into(),
                "subject" => vacation.subject.clone().into(),
                "textBody" => vacation.text.clone().into(),
                _ => vacation.html.clone().into(),
            };
            (name.to_owned(), value)
        })
        .collect()
}

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let mut opened = context.own_account(&asked.account).await?;
    let begun = Begun::of(&opened).await?;
    let before = kept(&opened).await?;
    let old_state = opened.state(before.state);
    opened.provide(asked.if_in_state.as_deref(), (StateOf::Objects(ObjectKind::Vacation), before.state))?;
    let mut written = Written::default();
    written.is_single(SINGLETON, asked.create, asked.destroy);
    for (id, change) in asked.update {
        let done = if id == SINGLETON { update(&opened, &change).await? } else { Err(SetError::new("notFound")) };
        match done {
            Ok(other) => drop(written.updated.insert(id, other)),
            Err(error) => drop(written.not_updated.insert(id, told(&error))),
        }
    }
    opened.was_provided()?;
    let now = opened.state(kept(&opened).await?.state);
    let new_state = begun.reached(&opened, &old_state, now).await?;
    Ok(vec![context.answer(written.answer(context, &opened, old_state, new_state))])
}

/// Patches it; gives what is other than the client wrote, or `null`.
async fn update(opened: &Opened, change: &Object) -> Result<Result<Value, SetError>, MethodError> {
    for _ in 0..TRIES {
        let kept = kept(opened).await?;
        let patched = match patch(&object(&kept.vacation), change) {
            Ok(patched) => patched,
            Err(error) => return Ok(Err(SetError::new("invalidPatch").because(error.to_string()))),
        };
        let vacation = match read(&patched, kept.vacation.days) {
            Ok(vacation) => vacation,
            Err(error) => return Ok(Err(error)),
        };
        match kept.replace(&opened.account, &vacation).await {
            Ok(Some(replaced)) => {
                opened.commits.count(replaced);
                let is = object(&vacation);
                let other =
                    is.into_iter().filter(|(name, value)| patched.get(name).is_some_and(|written| written != value));
                let other: Object = other.collect();
                return Ok(Ok(if other.is_empty() { Value::Null } else { other.into() }));
            }
            Ok(None) => {}
            Err(error) => return Ok(Err(refusal::set(&error))),
        }
    }
    Ok(Err(refusal::set(&store::Error::Conflict)))
}

/// The object as it is kept. What a patch has taken away is what it is by default.
fn read(object: &Object, days: u16) -> Result<Vacation, SetError> {
    let mut vacation = Vacation { days, ..Vacation::default() };
    for (name, value) in object {
        let wrong = || SetError::invalid(&[name]);
        match name.as_str() {
            "id" if value == SINGLETON => {}
            "isEnabled" => vacation.enabled = value.as_bool().ok_or_else(wrong)?,
            "fromDate" => vacation.from = date(value).ok_or_else(wrong)?,
            "toDate" => vacation.until = date(value).ok_or_else(wrong)?,
            "subject" => vacation.subject = text(value).ok_or_else(wrong)?,
            "textBody" => vacation.text = text(value).ok_or_else(wrong)?,
            "htmlBody" => vacation.html = text(value).ok_or_else(wrong)?,
            _ => return Err(wrong()),
        }
    }
    vacation.check().map_err(|error| {
        let properties: &[&str] = match error {
            VacationError::Subject => &["subject"],
            VacationError::Text => &["textBody"],
            VacationError::Html => &["htmlBody"],
            VacationError::Dates => &["fromDate", "toDate"],
            VacationError::Days => &[],
        };
        SetError::invalid(properties).because(error.to_string())
    })?;
    Ok(vacation)
}

fn text(value: &Value) -> Option<Option<String>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => Some(Some(text.clone())),
        _ => None,
    }
}

/// Seconds since 1970; a fraction of one is not kept.
fn date(value: &Value) -> Option<Option<u64>> {
    match value {
        Value::Null => Some(None),
        Value::String(text) => u64::try_from(UtcDate::parse(text)?.0.as_second()).ok().map(Some),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use delivery::KeptVacation;
    use serde_json::{Value, json};

    async fn update(bench: &Bench, change: Value) -> Value {
        bench.call("VacationResponse/set", json!({"update": {"singleton": change}})).await
    }

    #[tokio::test]
    async fn there_is_one_and_it_is_off() {
        let bench = Bench::new().await;
        let got = bench.call("VacationResponse/get", json!({"ids": null})).await;
        let expected = json!({
            "id": "singleton", "isEnabled": false, "fromDate": null, "toDate": null, "subject": null, "textBody": null,
            "htmlBody": null
        });
        assert_eq!((&got["list"], &got["notFound"]), (&json!([expected]), &json!([])));
        let got =
            bench.call("VacationResponse/get", json!({"ids": ["x", "singleton"], "properties": ["isEnabled"]})).await;
        assert_eq!(got["list"], json!([{"id": "singleton", "isEnabled": false}]));
        assert_eq!(got["notFound"], json!(["x"]));
        let wrong = bench.call("VacationResponse/get", json!({"properties": ["nothing"]})).await;
        assert_eq!(wrong["type"], "invalidArguments");
    }

    #[tokio::test]
    async fn it_is_changed_by_patches() {
        let bench = Bench::new().await;
        let change = json!({
            "isEnabled": true, "fromDate": "2026-12-24T00:00:00Z", "toDate": "2027-01-02T08:00:00Z", "subject": "Weg",
            "textBody": "I am away."
        });
        let set = update(&bench, change).await;
        assert_eq!(set["updated"], json!({"singleton": null}));
        assert_ne!(set["oldState"], set["newState"]);
        let kept = KeptVacation::of(&bench.account().await).await.unwrap().vacation;
        assert!(kept.enabled);
        assert_eq!((kept.text.as_deref(), kept.subject.as_deref()), (Some("I am away."), Some("Weg")));
        let state = set["newState"].clone();
        // what a patch does not name stays, null takes away, and a fraction of a second is not kept
        let set = update(&bench, json!({"subject": null, "toDate": "2027-01-02T09:00:00.5Z"})).await;
        assert_eq!(set["updated"], json!({"singleton": {"toDate": "2027-01-02T09:00:00Z"}}));
        assert_eq!(set["oldState"], state);
        let got = bench.call("VacationResponse/get", json!({"ids": ["singleton"]})).await;
        assert_eq!((&got["list"][0]["subject"], &got["list"][0]["textBody"]), (&Value::Null, &json!("I am away.")));
        assert_eq!(got["state"], set["newState"]);
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused() {
        let bench = Bench::new().await;
        for (change, kind, properties) in [
            (json!({"isEnabled": "yes"}), "invalidProperties", json!(["isEnabled"])),
            (json!({"fromDate": "2026-12-24"}), "invalidProperties", json!(["fromDate"])),
            (
                json!({"fromDate": "2026-12-24T00:00:00Z", "toDate": "2026-12-23T00:00:00Z"}),
                "invalidProperties",
                json!(["fromDate", "toDate"]),
            ),
            (json!({"textBody": "x".repeat(32 * 1024 + 1)}), "invalidProperties", json!(["textBody"])),
            (json!({"htmlBody": "x".repeat(32 * 1024 + 1)}), "invalidProperties", json!(["htmlBody"])),
            (json!({"subject": "a\r\nb"}), "invalidProperties", json!(["subject"])),
            (json!({"nothing": 1}), "invalidProperties", json!(["nothing"])),
            (json!({"id": "other"}), "invalidProperties", json!(["id"])),
            (json!({"subject/x": 1}), "invalidPatch", Value::Null),
        ] {
            let set = update(&bench, change.clone()).await;
            let error = &set["notUpdated"]["singleton"];
            assert_eq!((&error["type"], &error["properties"]), (&json!(kind), &properties), "{change}");
            assert_eq!(set["oldState"], set["newState"]);
        }
        let set = json!({"create": {"k": {}}, "destroy": ["singleton", "x"], "update": {"y": {}}});
        let set = bench.call("VacationResponse/set", set).await;
        assert_eq!(set["notCreated"]["k"]["type"], "singleton");
        assert_eq!(set["notDestroyed"]["singleton"]["type"], "singleton");
        assert_eq!(set["notDestroyed"]["x"]["type"], "notFound");
        assert_eq!(set["notUpdated"]["y"]["type"], "notFound");
        let set = json!({"ifInState": "0-9999", "update": {"singleton": {"isEnabled": true}}});
        assert_eq!(bench.call("VacationResponse/set", set).await["type"], "stateMismatch");
        let set = json!({"update": {}, "more": 1});
        assert_eq!(bench.call("VacationResponse/set", set).await["type"], "invalidArguments");
    }

    #[tokio::test]
    async fn another_account_has_none_for_the_caller() {
        let bench = Bench::new().await;
        bench.share("INBOX", "lrs").await;
        let bram = bench.as_bram();
        let anna = bench.anna.account.to_string();
        for method in ["VacationResponse/get", "VacationResponse/set"] {
            let answer = bram.call(method, json!({"accountId": anna})).await;
            assert_eq!(answer["type"], "accountNotSupportedByMethod");
        }
    }
}
