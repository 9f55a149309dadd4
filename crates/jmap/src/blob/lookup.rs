//! Blob/lookup (RFC 9404, 4.3): which objects have a blob.
use crate::blob_id::BlobId;
use crate::blobs;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, MethodError};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(crate) const LOOKUP: Method = Method {
    name: "Blob/lookup",
    capability: Capability::Blob,
    run: |context, arguments| Box::pin(lookup(context, arguments)),
};

/// `supportedTypeNames`.
pub(super) const TYPES: [&str; 3] = ["Mailbox", "Thread", "Email"];

async fn lookup(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let account = arguments.required_id("accountId")?;
    let missing = |name: &str| MethodError::InvalidArguments(format!("`{name}` is missing"));
    let types = arguments.texts("typeNames")?.ok_or_else(|| missing("typeNames"))?;
    let ids = arguments.ids("ids")?.ok_or_else(|| missing("ids"))?;
    arguments.none_left()?;
    if let Some(unknown) = types.iter().find(|name| !TYPES.contains(&name.as_str())) {
        return Err(MethodError::UnknownDataType(unknown.clone()));
    }
    if ids.len() > OBJECTS_IN_GET {
        return Err(MethodError::RequestTooLarge);
    }
    let opened = context.account(&account).await?;
    let (mut list, mut not_found) = (Vec::new(), Vec::new());
    for id in ids {
        let found = match BlobId::of(&id) {
            Some(blob) => blobs::source(context.parts, context.caller, &opened, blob).await,
            None => Ok(None),
        };
        let Some((named, _)) = found.map_err(|error| refusal::method(&error))? else {
            not_found.push(Value::from(id.as_str()));
            continue;
        };
        let matched = matched(&opened, &named.emails).await.map_err(|error| refusal::method(&error))?;
        let asked = matched.into_iter().filter(|(name, _)| types.iter().any(|of| of == name));
        let asked: Map<String, Value> = asked.map(|(name, ids)| (name.to_owned(), json!(ids))).collect();
        list.push(json!({"id": id.as_str(), "matchedIds": asked}));
    }
    let mut answer = Map::new();
    answer.insert("accountId".to_owned(), account.as_str().into());
    answer.insert("list".to_owned(), list.into());
    answer.insert("notFound".to_owned(), not_found.into());
    Ok(vec![context.answer(answer)])
}

/// The mailboxes, threads and emails that a blob is in, as far as the caller sees them.
async fn matched(
    opened: &Opened,
    emails: &[store::EmailId],
) -> Result<[(&'static str, BTreeSet<String>); 3], store::Error> {
    let (mut mailboxes, mut threads, mut found) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for record in opened.account.emails(emails).await?.into_iter().flatten() {
        let places = opened.account.memberships(record.id).await?;
        // what only waits to be expunged is not there for JMAP (RFC 8621, 4.1.1)
        let places = places
            .iter()
            .filter(|place| opened.sees(place.mailbox) && !place.flags.system.contains(store::SystemFlags::DELETED));
        let places: Vec<String> = places.map(|place| place.mailbox.to_string()).collect();
        if !places.is_empty() {
            mailboxes.extend(places);
            threads.insert(record.thread.to_string());
            found.insert(record.id.to_string());
        }
    }
    Ok([("Mailbox", mailboxes), ("Thread", threads), ("Email", found)])
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::json;
    use store::{BlobHash, Flags};

    #[tokio::test]
    async fn a_blob_is_found_where_the_caller_sees_it() {
        let bench = Bench::new().await;
        let text = "Subject: a\r\n\r\n";
        let one = bench.append("INBOX", text, Flags::default()).await;
        let two = bench.append("Archive", text, Flags::default()).await;
        let id = BlobHash::of(text.as_bytes()).to_string();
        let ask = json!({"typeNames": ["Mailbox", "Email"], "ids": [id, "b1"]});
        let answer = bench.call("Blob/lookup", ask.clone()).await;
        let matched = &answer["list"][0]["matchedIds"];
        assert_eq!(matched["Email"], json!([one.to_string(), two.to_string()]));
        assert_eq!(matched["Mailbox"].as_array().unwrap().len(), 2);
        assert_eq!((matched.get("Thread"), &answer["notFound"]), (None, &json!(["b1"])));
        bench.share("INBOX", "lr").await;
        let mut theirs = ask;
        theirs["accountId"] = bench.anna.account.to_string().into();
        let answer = bench.as_bram().call("Blob/lookup", theirs).await;
        assert_eq!(answer["list"][0]["matchedIds"]["Email"], json!([one.to_string()]));
        let unknown = bench.call("Blob/lookup", json!({"typeNames": ["Foo"], "ids": []})).await;
        assert_eq!(unknown["type"], "unknownDataType");
    }
}
