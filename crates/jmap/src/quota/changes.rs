//! Quota/changes (RFC 9425, 4.2).
use super::{Kind, quotas};
use crate::capability::Capability;
use crate::context::Context;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Changes, MethodError};
use serde_json::{Map, Value, json};
use store::{ModSeq, Touched};

pub(crate) const CHANGES: Method = Method {
    name: "Quota/changes",
    capability: Capability::Quota,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

/// Commits that are looked through for a limit that was set or taken away; further back the client asks anew.
const MAX_COMMITS: usize = 1_000;

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let Changes { account, since, max: _ } = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&account).await?;
    let since_modseq = opened.since(&since)?;
    let states = opened.account.type_states().await.map_err(|error| refusal::method(&error))?;
    if since_modseq > states.quota {
        return Err(MethodError::CannotCalculateChanges);
    }
    let (mut created, mut updated, mut destroyed) = (Vec::new(), Vec::new(), Vec::new());
    if opened.own && since_modseq < states.quota {
        let now = quotas(&opened).await.map_err(|error| refusal::method(&error))?;
        for kind in [Kind::Octets, Kind::Count] {
            let is = now.iter().any(|quota| quota.kind == kind);
            // how many messages there may be is a setting of the server: it is the same all along
            let was = if kind == Kind::Octets { had_limit(&opened, since_modseq, is).await? } else { is };
            let list = match (was, is) {
                (false, true) => &mut created,
                (true, true) => &mut updated,
                (true, false) => &mut destroyed,
                (false, false) => continue,
            };
            list.push(Value::from(kind.name()));
        }
    }
    // what changed of a quota that was there, but for a limit that was set anew, is its use alone
    let only_use = created.is_empty() && destroyed.is_empty() && !updated.is_empty();
    let mut answer = Map::new();
    answer.insert("accountId".to_owned(), account.as_str().into());
    answer.insert("oldState".to_owned(), since.into());
    answer.insert("newState".to_owned(), opened.state(states.quota).into());
    answer.insert("hasMoreChanges".to_owned(), false.into());
    answer.insert("updatedProperties".to_owned(), if only_use { json!(["used", "hardLimit"]) } else { Value::Null });
    answer.insert("created".to_owned(), created.into());
    answer.insert("updated".to_owned(), updated.into());
    answer.insert("destroyed".to_owned(), destroyed.into());
    Ok(vec![context.answer(answer)])
}

/// Whether octets had a limit then: what the first change since says of before, or what is now.
async fn had_limit(opened: &Opened, since: ModSeq, now: bool) -> Result<bool, MethodError> {
    let page = opened.account.changes(since, MAX_COMMITS).await.map_err(|error| refusal::method(&error))?;
    let touched = page.entries.iter().flat_map(|entry| &entry.touched);
    let before = touched.into_iter().find_map(|touched| match touched {
        Touched::Quota { before } => Some(before.is_some()),
        _ => None,
    });
    match before {
        Some(before) => Ok(before),
        None if page.more => Err(MethodError::CannotCalculateChanges),
        None => Ok(now),
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Value, json};
    use store::Flags;

    async fn state(bench: &Bench) -> Value {
        bench.call("Quota/get", json!({"ids": null})).await["state"].take()
    }

    #[tokio::test]
    async fn limits_come_and_go_and_use_changes() {
        let bench = Bench::new().await;
        let account = bench.account().await;
        let lists = async |since: &Value| {
            let told = bench.call("Quota/changes", json!({"sinceState": since})).await;
            [told["created"].clone(), told["updated"].clone(), told["destroyed"].clone()]
        };
        let octets = || json!(["octets"]);
        let none = || json!([]);
        let first = state(&bench).await;
        assert_eq!(lists(&first).await, [none(), none(), none()]);
        account.set_quota(Some(1_000)).await.unwrap();
        let second = state(&bench).await;
        bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
        assert_eq!(lists(&first).await, [octets(), none(), none()]);
        assert_eq!(lists(&second).await, [none(), octets(), none()]);
        let third = state(&bench).await;
        account.set_quota(None).await.unwrap();
        assert_eq!(lists(&third).await, [none(), none(), octets()]);
        assert_eq!(lists(&first).await, [none(), none(), none()]);
        for wrong in ["", "x", "0-99999999", "9-1"] {
            let told = bench.call("Quota/changes", json!({"sinceState": wrong})).await;
            assert_eq!(told["type"], "cannotCalculateChanges", "{wrong}");
        }
    }
}
