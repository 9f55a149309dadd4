//! Blob/upload (RFC 9404, 4.1).
use super::{MAX_READ, MAX_SIZE, MAX_SOURCES, find};
use crate::blob_id::BlobId;
use crate::blobs;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use data_encoding::{BASE64, BASE64_NOPAD};
use jmap_wire::{Arguments, Id, MethodError, Object, SetError};
use serde_json::{Map, Value, json};
use store::{BlobHash, LineEnds};

pub(crate) const UPLOAD: Method = Method {
    name: "Blob/upload",
    capability: Capability::Blob,
    run: |context, arguments| Box::pin(upload(context, arguments, MAX_READ)),
};

/// What is left of the bounds of a call.
struct Left {
    written: u64,
    read: u64,
}

/// One piece of a blob.
enum Piece {
    Bytes(Vec<u8>),
    Range { blob: BlobId, offset: u64, length: Option<u64> },
}

/// `read` is how much it may read, in bytes.
async fn upload(context: &mut Context<'_>, mut arguments: Arguments, read: u64) -> Answers {
    let account = arguments.required_id("accountId")?;
    let create = arguments.objects("create")?.unwrap_or_default();
    arguments.none_left()?;
    if create.len() > OBJECTS_IN_SET {
        return Err(MethodError::RequestTooLarge);
    }
    let opened = context.account(&account).await?;
    let (mut created, mut refused) = (Map::new(), Map::new());
    let mut left = Left { written: MAX_SIZE, read };
    for (creation, object) in create {
        match make(context, &opened, &object, &mut left).await? {
            Ok((hash, size)) => {
                let id = Id::try_from(hash.to_string()).map_err(|_| MethodError::ServerFail("an id".to_owned()))?;
                context.creates(&creation, id);
                let media = object.get("type").cloned().unwrap_or_default();
                created.insert(creation.to_string(), json!({"id": hash.to_string(), "type": media, "size": size}));
            }
            Err(error) => {
                refused.insert(creation.to_string(), json!(error));
            }
        }
    }
    let some = |map: Map<String, Value>| if map.is_empty() { Value::Null } else { Value::Object(map) };
    let mut answer = Map::new();
    answer.insert("accountId".to_owned(), account.as_str().into());
    answer.insert("created".to_owned(), some(created));
    answer.insert("notCreated".to_owned(), some(refused));
    Ok(vec![context.answer(answer)])
}

type Made = Result<Result<(BlobHash, u64), SetError>, MethodError>;

async fn make(context: &Context<'_>, opened: &Opened, object: &Object, left: &mut Left) -> Made {
    let pieces = match pieces(context, object) {
        Ok(pieces) => pieces,
        Err(error) => return Ok(Err(error)),
    };
    let away = |error: store::Error| refusal::method(&error);
    let mut writer = context.parts.store.blob_writer(LineEnds::Keep);
    for piece in pieces {
        let bytes = match piece {
            Piece::Bytes(bytes) => bytes,
            Piece::Range { blob, offset, length } => {
                let Some(found) = find(context, opened, blob, &mut left.read).await? else {
                    return Ok(Err(SetError::new("blobNotFound").with("notFound", json!([blob.to_string()]))));
                };
                let most = usize::try_from(left.written.saturating_add(1)).unwrap_or(usize::MAX);
                let taken = found.take(offset, length, most, None).await.map_err(away)?;
                left.read = left.read.checked_sub(taken.passed).ok_or(MethodError::RequestTooLarge)?;
                // RFC 9404, 4.1.1: a range that "begins or extends past the end" makes the source invalid
                let is_beyond = offset > taken.size || length.is_some_and(|length| taken.length < length);
                if taken.is_cut || is_beyond {
                    let kind = if taken.is_cut { SetError::new("tooLarge") } else { SetError::invalid(&["data"]) };
                    return Ok(Err(kind));
                }
                taken.bytes
            }
        };
        match left.written.checked_sub(bytes.len() as u64) {
            Some(rest) => left.written = rest,
            None => return Ok(Err(SetError::new("tooLarge"))),
        }
        writer.write(&bytes).await.map_err(away)?;
    }
    let blob = writer.finish().await.map_err(away)?;
    let kept = blobs::keep(context.parts, context.caller, (blob.hash, blob.size)).await;
    Ok(kept.map(|()| (blob.hash, blob.size)).map_err(|error| refusal::set(&error)))
}

fn pieces(context: &Context<'_>, object: &Object) -> Result<Vec<Piece>, SetError> {
    let unknown: Vec<&str> =
        object.keys().map(String::as_str).filter(|name| !matches!(*name, "data" | "type")).collect();
    if !unknown.is_empty() {
        return Err(SetError::invalid(&unknown));
    }
    if !matches!(object.get("type"), None | Some(Value::Null | Value::String(_))) {
        return Err(SetError::invalid(&["type"]));
    }
    let Some(Value::Array(sources)) = object.get("data") else { return Err(SetError::invalid(&["data"])) };
    if sources.len() > MAX_SOURCES {
        return Err(SetError::new("tooLarge").because(format!("more than {MAX_SOURCES} sources")));
    }
    sources.iter().map(|source| piece(context, source)).collect()
}

fn piece(context: &Context<'_>, source: &Value) -> Result<Piece, SetError> {
    let wrong = || SetError::invalid(&["data"]);
    let Value::Object(source) = source else { return Err(wrong()) };
    let text = |name: &str| source.get(name).and_then(Value::as_str);
    let number = |name: &str| match source.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or_else(wrong),
    };
    match (text("data:asText"), text("data:asBase64"), text("blobId")) {
        (Some(text), None, None) if source.len() == 1 => Ok(Piece::Bytes(text.as_bytes().to_vec())),
        (None, Some(text), None) if source.len() == 1 => {
            let text = text.as_bytes();
            BASE64.decode(text).or_else(|_| BASE64_NOPAD.decode(text)).map(Piece::Bytes).map_err(|_| wrong())
        }
        (None, None, Some(id)) if source.keys().all(|name| matches!(name.as_str(), "blobId" | "offset" | "length")) => {
            let blob = context.id(id).and_then(|id| BlobId::of(&id));
            let blob = blob.ok_or_else(|| SetError::new("blobNotFound").with("notFound", json!([id])))?;
            Ok(Piece::Range { blob, offset: number("offset")?.unwrap_or(0), length: number("length")? })
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use crate::context::Context;
    use jmap_wire::{Arguments, MethodError};
    use serde_json::json;
    use std::collections::BTreeMap;
    use store::BlobHash;

    #[tokio::test]
    async fn pieces_become_a_blob() {
        let bench = Bench::new().await;
        let fox = "The quick brown fox jumped over the lazy dog.";
        let created = bench
            .call("Blob/upload", json!({"create": {"b4": {"data": [
                {"data:asText": "The quick brown fox jumped over the "}, {"data:asBase64": "bGF6eSBkb2cu"}], "type": "text/plain"}}}))
            .await;
        let id = BlobHash::of(fox.as_bytes()).to_string();
        assert_eq!(created["created"]["b4"], json!({"id": id, "type": "text/plain", "size": 45}));
        assert_eq!(created["notCreated"], json!(null));
        let response = bench
            .request(json!([
                ["Blob/upload", {"accountId": bench.anna.account.to_string(), "create": {"a": {"data": [{"data:asText": "abcdef"}]}}}, "1"],
                ["Blob/upload", {"accountId": bench.anna.account.to_string(), "create": {"b": {"data": [
                    {"blobId": "#a", "offset": 1, "length": 2}, {"data:asText": "-"}, {"blobId": "#a", "offset": 4}]}}}, "2"]
            ]))
            .await;
        let made = &response["methodResponses"][1][1]["created"]["b"];
        assert_eq!(made["id"], BlobHash::of(b"bc-ef").to_string());
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused_by_itself() {
        let bench = Bench::new().await;
        let fox = bench.upload(b"fox").await;
        for (object, kind) in [
            (json!({"data": [{"blobId": fox, "offset": 4}]}), "invalidProperties"),
            (json!({"data": [{"blobId": fox, "offset": 4, "length": 0}]}), "invalidProperties"),
            (json!({"data": [{"blobId": fox, "offset": 2, "length": 2}]}), "invalidProperties"),
            (json!({"data": "x"}), "invalidProperties"),
            (json!({"data": [{}]}), "invalidProperties"),
            (json!({"data": [{"data:asText": "a", "data:asBase64": "YQ=="}]}), "invalidProperties"),
            (json!({"data": [{"data:asBase64": "!"}]}), "invalidProperties"),
            (json!({"data": [], "more": 1}), "invalidProperties"),
            (json!({"data": [], "type": 1}), "invalidProperties"),
            (json!({"data": [{"blobId": "#none"}]}), "blobNotFound"),
            (json!({"data": [{"blobId": BlobHash([1; 32]).to_string()}]}), "blobNotFound"),
            (json!({"data": vec![json!({"data:asText": ""}); 65]}), "tooLarge"),
            (json!({"data": [{"data:asText": "x".repeat(7 * 1024 * 1024 + 1)}]}), "tooLarge"),
        ] {
            let answer = bench.call("Blob/upload", json!({"create": {"k": object, "right": {"data": []}}})).await;
            assert_eq!(answer["notCreated"]["k"]["type"], kind, "{:.60}", answer["notCreated"].to_string());
            assert_eq!(answer["created"]["right"]["size"], 0);
        }
    }

    #[tokio::test]
    async fn what_one_call_reads_has_a_size() {
        let bench = Bench::new().await;
        let fox = bench.upload(b"The quick brown fox jumped over the lazy dog.").await;
        let pieces = json!([{"blobId": fox, "offset": 4, "length": 5}, {"blobId": fox, "offset": 40}]);
        for (read, error) in [(10, None), (9, Some(MethodError::RequestTooLarge))] {
            let mut context = Context::new(bench.parts(), &bench.anna, BTreeMap::new());
            let account = bench.anna.account.to_string();
            let arguments = json!({"accountId": account, "create": {"k": {"data": pieces}}});
            let serde_json::Value::Object(arguments) = arguments else { unreachable!() };
            assert_eq!(super::upload(&mut context, Arguments::new(arguments), read).await.err(), error);
        }
    }
}
