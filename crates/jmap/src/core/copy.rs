//! Blob/copy (RFC 8620, 6.3).
use crate::blob_id::BlobId;
use crate::blobs;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Id, MethodError, SetError};
use serde_json::{Map, Value, json};

pub(crate) const COPY: Method = Method {
    name: "Blob/copy",
    capability: Capability::Core,
    run: |context, arguments| Box::pin(copy(context, arguments)),
};

async fn copy(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let (from, to) = (arguments.required_id("fromAccountId")?, arguments.required_id("accountId")?);
    let ids = arguments.ids("blobIds")?;
    let ids = ids.ok_or_else(|| MethodError::InvalidArguments("`blobIds` is missing".to_owned()))?;
    arguments.none_left()?;
    if ids.len() > OBJECTS_IN_SET {
        return Err(MethodError::RequestTooLarge);
    }
    let source = context.account_from(&from).await?;
    context.account(&to).await?;
    let (mut copied, mut refused) = (Map::new(), Map::new());
    for id in ids {
        match copy_one(context, &source, &id).await? {
            Ok(()) => copied.insert(id.to_string(), id.as_str().into()),
            Err(error) => refused.insert(id.to_string(), json!(error)),
        };
    }
    let some = |map: Map<String, Value>| if map.is_empty() { Value::Null } else { Value::Object(map) };
    let mut answer = Map::new();
    answer.insert("fromAccountId".to_owned(), from.as_str().into());
    answer.insert("accountId".to_owned(), to.as_str().into());
    answer.insert("copied".to_owned(), some(copied));
    answer.insert("notCopied".to_owned(), some(refused));
    Ok(vec![context.answer(answer)])
}

/// A blob is the same everywhere: a copy is the leave to read it, which counts as an upload does.
async fn copy_one(context: &Context<'_>, from: &Opened, id: &Id) -> Result<Result<(), SetError>, MethodError> {
    let Some(blob) = BlobId::of(id) else { return Ok(Err(SetError::new("notFound"))) };
    let found = blobs::source(context.parts, context.caller, from, blob).await;
    let Some((_, source)) = found.map_err(|error| refusal::method(&error))? else {
        return Ok(Err(SetError::new("notFound")));
    };
    let hash = match blob {
        BlobId::Whole(hash) | BlobId::Part(hash, _) => hash,
        // cards are their owner's, who has nobody to copy from
        BlobId::Media(..) => return Ok(Err(SetError::new("notFound"))),
    };
    let kept = blobs::keep(context.parts, context.caller, (hash, source.size())).await;
    Ok(kept.map_err(|error| refusal::set(&error)))
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Value, json};
    use store::{BlobHash, Flags};

    #[tokio::test]
    async fn what_is_shared_is_copied_and_what_is_not_is_not_found() {
        let bench = Bench::new().await;
        bench.append("INBOX", "Subject: a\r\n\r\n", Flags::default()).await;
        bench.append("Archive", "Subject: b\r\n\r\n", Flags::default()).await;
        bench.share("INBOX", "lr").await;
        let (shown, hidden) = (BlobHash::of(b"Subject: a\r\n\r\n"), BlobHash::of(b"Subject: b\r\n\r\n"));
        let bram = bench.as_bram();
        let anna = bench.anna.account.to_string();
        let answer = bram
            .call("Blob/copy", json!({"fromAccountId": anna, "blobIds": [shown.to_string(), hidden.to_string(), "x"]}))
            .await;
        assert_eq!(answer["copied"], json!({shown.to_string(): shown.to_string()}));
        assert_eq!(answer["notCopied"], json!({hidden.to_string(): {"type": "notFound"}, "x": {"type": "notFound"}}));
        let own = bench.bram.account.to_string();
        assert!(bench.jmap.download(&bench.bram, &own, &shown.to_string()).await.unwrap().is_some());
        let none = bram.call("Blob/copy", json!({"fromAccountId": anna, "blobIds": []})).await;
        assert_eq!((&none["copied"], &none["notCopied"]), (&Value::Null, &Value::Null));
        let nowhere = bench.call("Blob/copy", json!({"fromAccountId": own, "blobIds": []})).await;
        assert_eq!(nowhere["type"], "fromAccountNotFound");
    }

    #[tokio::test]
    async fn j14_a_copy_counts_as_an_upload_does() {
        let bench = Bench::with(|settings| settings.max_message_size = names::ByteSize(2)).await;
        bench.append("INBOX", "Subject: long enough to be too much\r\n\r\n", Flags::default()).await;
        bench.share("INBOX", "lr").await;
        let id = BlobHash::of(b"Subject: long enough to be too much\r\n\r\n").to_string();
        let anna = bench.anna.account.to_string();
        let answer = bench.as_bram().call("Blob/copy", json!({"fromAccountId": anna, "blobIds": [id]})).await;
        assert_eq!(answer["notCopied"][&id]["type"], "overQuota");
    }
}
