//! Forwarding: where the account's mail goes on to; one object an account.
use super::{SINGLETON, act};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::{OBJECTS_IN_GET, OBJECTS_IN_SET};
use crate::mail::reply::{Written, got, known, told};
use crate::method::{Answers, Method};
use crate::refusal;
use crate::state::of_value;
use admin::{AccountAct, ForwardView};
use directory::Forward;
use jmap_wire::{Arguments, Get, Id, MethodError, Object, Set, SetError, patch};
use names::Address;
use serde_json::{Value, json};

pub(super) const GET: Method = Method {
    name: "Forwarding/get",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(get(context, arguments)),
};
pub(super) const SET: Method = Method {
    name: "Forwarding/set",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(set(context, arguments)),
};

const PROPERTIES: [&str; 4] = ["id", "targets", "keepCopy", "isEnabled"];
/// How often a change is tried again when others were first.
const TRIES: usize = 20;

/// What is kept: the directory has it, so its state is what it says.
struct Kept {
    forward: Option<Forward>,
    object: Object,
    state: String,
}

impl Kept {
    fn new(forward: Option<Forward>) -> Self {
        let object = object(forward.as_ref());
        let state = of_value(&object.clone().into());
        Self { forward, object, state }
    }

    async fn of(context: &Context<'_>) -> Result<Self, MethodError> {
        let account = context.parts.directory.account(&context.caller.address).await;
        Ok(Self::new(account.map_err(|error| refusal::of_admin(&error.into()))?.forward))
    }
}

fn object(forward: Option<&Forward>) -> Object {
    let targets: Vec<String> =
        forward.map(|forward| forward.targets.iter().map(ToString::to_string).collect()).unwrap_or_default();
    let members = [
        ("id", SINGLETON.into()),
        ("isEnabled", (!targets.is_empty()).into()),
        ("targets", targets.into()),
        ("keepCopy", forward.is_none_or(|forward| forward.keep).into()),
    ];
    members.into_iter().map(|(name, value): (&str, Value)| (name.to_owned(), value)).collect()
}

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let Kept { object, state, .. } = Kept::of(context).await?;
    let is_one = |id: &Id| id.as_str() == SINGLETON;
    let wanted = asked.ids.as_ref().is_none_or(|ids| ids.iter().any(is_one));
    let shown: Object = object.into_iter().filter(|(name, _)| properties.contains(&name.as_str())).collect();
    let list = if wanted { vec![shown.into()] } else { Vec::new() };
    let not_found: Vec<Id> = asked.ids.into_iter().flatten().filter(|id| !is_one(id)).collect();
    Ok(vec![context.answer(got(&opened, state, list, &not_found))])
}

async fn set(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Set::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    let opened = context.own_account(&asked.account).await?;
    let mut before = Kept::of(context).await?;
    if asked.if_in_state.as_ref().is_some_and(|state| *state != before.state) {
        return Err(MethodError::StateMismatch);
    }
    let mut now = before.state.clone();
    let mut written = Written::default();
    written.is_single(SINGLETON, asked.create, asked.destroy);
    for (id, change) in asked.update {
        let done = if id == SINGLETON {
            update(context, asked.if_in_state.as_deref(), &mut before, &change).await?
        } else {
            Err(SetError::new("notFound"))
        };
        match done {
            Ok((other, after)) => {
                now = after;
                written.updated.insert(id, other);
            }
            Err(error) => drop(written.not_updated.insert(id, told(&error))),
        }
    }
    if written.updated.is_empty() {
        now.clone_from(&before.state);
    }
    Ok(vec![context.answer(written.answer(context, &opened, before.state, now))])
}

/// Patches it as it is in `before`, or as others have set it meanwhile, unless the client insists on a state. Gives what is
/// other than the client wrote, or `null`, and the state that was made.
async fn update(
    context: &Context<'_>,
    if_in_state: Option<&str>,
    before: &mut Kept,
    change: &Object,
) -> Result<Result<(Value, String), SetError>, MethodError> {
    for _ in 0..TRIES {
        let patched = match patch(&before.object, change) {
            Ok(patched) => patched,
            Err(error) => return Ok(Err(SetError::new("invalidPatch").because(error.to_string()))),
        };
        let forward = match read(&patched, change) {
            Ok(forward) => forward,
            Err(error) => return Ok(Err(error)),
        };
        match replace(context, before, forward.as_ref()).await {
            Ok(()) => {
                let now = Kept::new(forward);
                let other: Object =
                    now.object.into_iter().filter(|(name, value)| patched.get(name) != Some(value)).collect();
                return Ok(Ok((if other.is_empty() { Value::Null } else { other.into() }, now.state)));
            }
            Err(admin::Error::Overtaken) => *before = Kept::of(context).await?,
            // a directory that says no means the addresses: all else was looked at here
            Err(admin::Error::BadRequest(why)) => return Ok(Err(SetError::invalid(&["targets"]).because(why))),
            Err(error) => return Ok(Err(refusal::set_of_admin(&error))),
        }
        if if_in_state.is_some_and(|state| state != before.state) {
            return Err(MethodError::StateMismatch);
        }
    }
    Ok(Err(refusal::set_of_admin(&admin::Error::Overtaken)))
}

/// Sets it in the place of what was read.
async fn replace(context: &Context<'_>, before: &Kept, forward: Option<&Forward>) -> Result<(), admin::Error> {
    let view = |forward: Option<&Forward>| match forward {
        Some(Forward { targets, keep }) => ForwardView { targets: targets.clone(), keep: *keep },
        None => ForwardView { targets: Vec::new(), keep: true },
    };
    let ForwardView { targets, keep } = view(forward);
    let (address, instead_of) = (context.caller.address.clone(), Some(view(before.forward.as_ref())));
    act(context, AccountAct::Forward { address, targets, keep, instead_of }).await.map(drop)
}

/// The object as it is kept. What a patch has taken away is what it is by default.
fn read(object: &Object, change: &Object) -> Result<Option<Forward>, SetError> {
    let mut forward = Forward { targets: Vec::new(), keep: true };
    for (name, value) in object {
        match (name.as_str(), value) {
            ("id", value) if value == SINGLETON => {}
            ("targets", Value::Array(targets)) => forward.targets = addresses(targets)?,
            ("keepCopy", Value::Bool(keep)) => forward.keep = *keep,
            ("isEnabled", Value::Bool(_)) => {}
            _ => return Err(SetError::invalid(&[name])),
        }
    }
    let on = !forward.targets.is_empty();
    if change.get("isEnabled").is_some_and(|told| *told != json!(on)) {
        return Err(SetError::invalid(&["isEnabled"]).because("it says whether there are targets"));
    }
    Ok(on.then_some(forward))
}

fn addresses(targets: &[Value]) -> Result<Vec<Address>, SetError> {
    let read = |target: &Value| {
        let address = target.as_str().and_then(|text| text.trim().parse().ok());
        address.ok_or_else(|| SetError::invalid(&["targets"]).because(format!("{target} is no address")))
    };
    targets.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Value, json};
    use std::time::Duration;

    async fn update(bench: &Bench, change: Value) -> Value {
        bench.call("Forwarding/set", json!({"update": {"singleton": change}})).await
    }

    async fn get(bench: &Bench) -> Value {
        bench.call("Forwarding/get", json!({"ids": null})).await
    }

    async fn subjects(bench: &Bench) -> Vec<Value> {
        let query = json!({"filter": {"inMailbox": bench.mailbox("INBOX").await.to_string()}});
        let ids = bench.call("Email/query", query).await["ids"].clone();
        let got = bench.call("Email/get", json!({"ids": ids, "properties": ["subject"]})).await;
        let mut subjects: Vec<_> =
            got["list"].as_array().unwrap().iter().map(|email| email["subject"].clone()).collect();
        subjects.sort_by_key(Value::to_string);
        subjects
    }

    #[tokio::test]
    async fn there_is_one_and_mail_stays_here() {
        let bench = Bench::new().await;
        let got = get(&bench).await;
        let expected = json!({"id": "singleton", "targets": [], "keepCopy": true, "isEnabled": false});
        assert_eq!((&got["list"], &got["notFound"]), (&json!([expected]), &json!([])));
        let asked = json!({"ids": ["x", "singleton"], "properties": ["isEnabled"]});
        let got = bench.call("Forwarding/get", asked).await;
        assert_eq!(got["list"], json!([{"id": "singleton", "isEnabled": false}]));
        assert_eq!(got["notFound"], json!(["x"]));
        let wrong = bench.call("Forwarding/get", json!({"properties": ["nothing"]})).await;
        assert_eq!(wrong["type"], "invalidArguments");
    }

    #[tokio::test]
    async fn it_is_changed_by_patches_and_the_inbox_says_so() {
        let bench = Bench::new().await;
        let set = update(&bench, json!({"targets": ["Anna@Far.example", "bram@example.org"], "keepCopy": false})).await;
        assert_eq!(
            set["updated"]["singleton"],
            json!({"isEnabled": true, "targets": ["Anna@far.example", "bram@example.org"]})
        );
        assert_ne!(set["oldState"], set["newState"]);
        let now = get(&bench).await;
        assert_eq!(now["state"], set["newState"]);
        assert_eq!(now["list"][0]["keepCopy"], false);
        let forward = bench.parts().directory.account(&bench.anna.address).await.unwrap().forward.unwrap();
        assert_eq!((forward.targets.len(), forward.keep), (2, false));
        // the same again changes nothing, and nothing is told
        let set = update(&bench, json!({"targets": ["Anna@far.example", "bram@example.org"]})).await;
        assert_eq!((&set["updated"], &set["oldState"]), (&json!({"singleton": null}), &set["newState"]));
        assert_eq!(subjects(&bench).await.len(), 1);
        let set = update(&bench, json!({"targets": []})).await;
        assert_eq!(set["updated"]["singleton"], json!({"isEnabled": false, "keepCopy": true}));
        assert_eq!(bench.parts().directory.account(&bench.anna.address).await.unwrap().forward, None);
        assert_eq!(subjects(&bench).await, ["Uw mail wordt doorgestuurd", "Uw mail wordt niet meer doorgestuurd"]);
        let inbox = bench.call("Email/query", json!({"filter": {"text": "Anna@far.example"}})).await;
        assert_eq!(inbox["ids"].as_array().unwrap().len(), 1);
    }

    #[tokio::test]
    async fn what_cannot_be_is_refused() {
        let bench = Bench::new().await;
        let eleven: Vec<String> = (0..11).map(|number| format!("a{number}@far.example")).collect();
        for (change, kind, properties) in [
            (json!({"targets": ["nobody"]}), "invalidProperties", json!(["targets"])),
            (json!({"targets": "a@far.example"}), "invalidProperties", json!(["targets"])),
            (json!({"targets": [7]}), "invalidProperties", json!(["targets"])),
            (json!({"targets": eleven}), "invalidProperties", json!(["targets"])),
            (json!({"targets": ["ANNA@example.org"]}), "invalidProperties", json!(["targets"])),
            (json!({"targets": ["a@far.example", "A@far.example"]}), "invalidProperties", json!(["targets"])),
            (json!({"targets": ["nobody@example.org"]}), "invalidProperties", json!(["targets"])),
            (json!({"keepCopy": 1}), "invalidProperties", json!(["keepCopy"])),
            (json!({"isEnabled": true}), "invalidProperties", json!(["isEnabled"])),
            (json!({"nothing": 1}), "invalidProperties", json!(["nothing"])),
            (json!({"targets/0": "a@far.example"}), "invalidPatch", Value::Null),
        ] {
            let set = update(&bench, change.clone()).await;
            let error = &set["notUpdated"]["singleton"];
            assert_eq!((&error["type"], &error["properties"]), (&json!(kind), &properties), "{change}");
            assert_eq!(set["oldState"], set["newState"]);
        }
        assert_eq!(subjects(&bench).await.len(), 0);
        let set = json!({"create": {"k": {}}, "destroy": ["singleton", "x"], "update": {"y": {}}});
        let set = bench.call("Forwarding/set", set).await;
        assert_eq!(set["notCreated"]["k"]["type"], "singleton");
        assert_eq!(set["notDestroyed"]["singleton"]["type"], "singleton");
        assert_eq!(set["notDestroyed"]["x"]["type"], "notFound");
        assert_eq!(set["notUpdated"]["y"]["type"], "notFound");
        let set = json!({"ifInState": "f0", "update": {"singleton": {"targets": ["a@far.example"]}}});
        assert_eq!(bench.call("Forwarding/set", set).await["type"], "stateMismatch");
    }

    /// RFC 8620, 5.3: what others have set is patched, never overwritten; and `ifInState` holds to the commit.
    #[tokio::test(start_paused = true)]
    async fn nobody_sets_it_between_what_was_read_and_what_is_written() {
        let bench = Bench::new().await;
        update(&bench, json!({"targets": ["a@far.example"]})).await;
        let before = get(&bench).await["state"].clone();
        for (number, if_in_state) in [Value::Null, before].into_iter().enumerate() {
            let state = get(&bench).await["state"].clone();
            let if_in_state = if if_in_state.is_null() { Value::Null } else { state.clone() };
            let target = format!("b{number}@far.example");
            let patch = json!({"ifInState": if_in_state, "update": {"singleton": {"keepCopy": number == 1}}});
            bench.memory.delay(Duration::from_secs(2));
            let (first, second) = tokio::join!(update(&bench, json!({"targets": [&target]})), async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                bench.call("Forwarding/set", patch).await
            });
            bench.memory.delay(Duration::ZERO);
            assert_eq!(first["notUpdated"], Value::Null, "{first}");
            let now = get(&bench).await;
            assert_eq!(now["list"][0]["targets"], json!([target]), "the first change is lost");
            if if_in_state.is_null() {
                assert_eq!(second["oldState"], first["newState"], "{second}");
                assert_eq!((&now["list"][0]["keepCopy"], &now["state"]), (&json!(false), &second["newState"]));
            } else {
                assert_eq!(second, json!({"type": "stateMismatch"}));
                assert_eq!(now["state"], first["newState"]);
            }
        }
        // the last message says what is set, whoever was overtaken
        let newest = json!({"sort": [{"property": "receivedAt", "isAscending": false}], "limit": 1});
        let id = bench.call("Email/query", newest).await["ids"].clone();
        let asked = json!({"ids": id, "fetchTextBodyValues": true, "properties": ["bodyValues"]});
        let body = bench.call("Email/get", asked).await["list"][0]["bodyValues"].to_string();
        assert!(body.contains("b1@far.example"), "{body}");
    }

    #[tokio::test]
    async fn so_often_in_an_hour_and_no_more() {
        let bench = Bench::new().await;
        for number in 0..20 {
            let set = update(&bench, json!({"targets": [format!("a{number}@far.example")]})).await;
            assert_eq!(set["notUpdated"], Value::Null, "{number}");
        }
        let set = update(&bench, json!({"targets": []})).await;
        assert_eq!(set["notUpdated"]["singleton"]["type"], "rateLimit");
        assert!(set["notUpdated"]["singleton"]["retryAfter"].as_u64().is_some_and(|wait| wait <= 3_600));
        assert_eq!(subjects(&bench).await.len(), 20);
    }

    #[tokio::test]
    async fn j07_another_account_has_none_for_the_caller() {
        let bench = Bench::new().await;
        bench.share("INBOX", "lrs").await;
        let bram = bench.as_bram();
        let anna = bench.anna.account.to_string();
        for method in
            ["Forwarding/get", "Forwarding/set", "BlockedSender/get", "BlockedSender/set", "Label/get", "Label/set"]
        {
            let answer = bram.call(method, json!({"accountId": anna})).await;
            assert_eq!(answer["type"], "accountNotSupportedByMethod", "{method}");
        }
    }
}
