//! Blob/get (RFC 9404, 4.2).
use super::{MAX_DATA, MAX_READ, find};
use crate::blob_id::BlobId;
use crate::blobs::{Look, Taken};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::method::{Answers, Method};
use crate::refusal;
use data_encoding::BASE64;
use jmap_wire::{Arguments, Get, Id, MethodError};
use serde_json::{Map, Value};
use sha1::{Digest, Sha1};
use sha2::Sha256;

pub(crate) const GET: Method = Method {
    name: "Blob/get",
    capability: Capability::Blob,
    run: |context, arguments| Box::pin(get(context, arguments, MAX_READ)),
};

/// `supportedDigestAlgorithms`: names of the registry of RFC 3230.
pub(super) const ALGORITHMS: [&str; 2] = ["sha", "sha-256"];

/// What is asked of each blob.
#[derive(Debug, Clone, Copy, Default)]
struct Wanted {
    text: bool,
    base64: bool,
    either: bool,
    size: bool,
    sha: bool,
    sha256: bool,
    offset: u64,
    length: Option<u64>,
}

impl Wanted {
    fn read(properties: Option<&[String]>) -> Result<Self, MethodError> {
        let mut wanted = Self::default();
        let Some(properties) = properties else { return Ok(Self { either: true, size: true, ..wanted }) };
        for property in properties {
            match property.as_str() {
                "id" => {}
                "data" => wanted.either = true,
                "data:asText" => wanted.text = true,
                "data:asBase64" => wanted.base64 = true,
                "size" => wanted.size = true,
                "digest:sha" => wanted.sha = true,
                "digest:sha-256" => wanted.sha256 = true,
                other => return Err(MethodError::InvalidArguments(format!("there is no property `{other}`"))),
            }
        }
        Ok(wanted)
    }

    const fn sums(self) -> bool {
        self.sha || self.sha256
    }

    const fn data(self) -> bool {
        self.text || self.base64 || self.either
    }
}

/// Sums of the range that was asked for.
#[derive(Default)]
struct Sums {
    sha: Option<Sha1>,
    sha256: Option<Sha256>,
}

/// `read` is how much it may read, in bytes.
async fn get(context: &mut Context<'_>, mut arguments: Arguments, mut read: u64) -> Answers {
    let (offset, length) = (arguments.unsigned("offset")?.unwrap_or(0), arguments.unsigned("length")?);
    let Get { account, ids, properties } = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let wanted = Wanted { offset, length, ..Wanted::read(properties.as_deref())? };
    let ids = ids.ok_or_else(|| MethodError::InvalidArguments("`ids` is missing".to_owned()))?;
    let opened = context.account(&account).await?;
    let (mut list, mut not_found) = (Vec::new(), Vec::new());
    let mut data = MAX_DATA;
    for written in ids {
        let found = match BlobId::of(&written) {
            Some(blob) => find(context, &opened, blob, &mut read).await?,
            None => None,
        };
        let Some(found) = found else {
            not_found.push(Value::from(written.as_str()));
            continue;
        };
        let mut sums = Sums { sha: wanted.sha.then(Sha1::new), sha256: wanted.sha256.then(Sha256::new) };
        let most = if wanted.data() { data } else { 0 };
        let mut each = |piece: &[u8]| sums.push(piece);
        let each: Option<&mut Look<'_>> = if wanted.sums() { Some(&mut each) } else { None };
        let taken = found.take(wanted.offset, wanted.length, most, each).await;
        let taken = taken.map_err(|error| refusal::method(&error))?;
        let cut = wanted.data() && taken.is_cut;
        read = read.checked_sub(taken.passed).filter(|_| !cut).ok_or(MethodError::RequestTooLarge)?;
        data = data.saturating_sub(taken.bytes.len());
        list.push(Value::Object(object(&written, &wanted, taken, sums)));
    }
    let mut answer = Map::new();
    answer.insert("accountId".to_owned(), account.as_str().into());
    answer.insert("list".to_owned(), list.into());
    answer.insert("notFound".to_owned(), not_found.into());
    Ok(vec![context.answer(answer)])
}

fn object(id: &Id, wanted: &Wanted, taken: Taken, sums: Sums) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |name: &str, value: Value| drop(object.insert(name.to_owned(), value));
    put("id", id.as_str().into());
    if wanted.size {
        put("size", taken.size.into());
    }
    // RFC 9404, 4.2.1: whether the range reaches beyond the end
    let end = wanted.length.map_or(wanted.offset, |length| wanted.offset.saturating_add(length));
    let beyond = end > taken.size;
    if beyond {
        put("isTruncated", true.into());
    }
    if let Some(sum) = sums.sha {
        put("digest:sha", BASE64.encode(&sum.finalize()).into());
    }
    if let Some(sum) = sums.sha256 {
        put("digest:sha-256", BASE64.encode(&sum.finalize()).into());
    }
    if wanted.data() {
        let text = String::from_utf8(taken.bytes);
        let is_text = text.is_ok();
        let bytes = match &text {
            Ok(text) => text.as_bytes(),
            Err(error) => error.as_bytes(),
        };
        if wanted.base64 || (wanted.either && !is_text) {
            put("data:asBase64", BASE64.encode(bytes).into());
        }
        if !is_text && (wanted.text || wanted.either) {
            put("isEncodingProblem", true.into());
        }
        if wanted.text || (wanted.either && is_text) {
            put("data:asText", text.map_or(Value::Null, Value::from));
        }
    }
    object
}

impl Sums {
    fn push(&mut self, piece: &[u8]) {
        if let Some(sum) = &mut self.sha {
            sum.update(piece);
        }
        if let Some(sum) = &mut self.sha256 {
            sum.update(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use crate::context::Context;
    use jmap_wire::{Arguments, MethodError};
    use serde_json::{Value, json};
    use std::collections::BTreeMap;

    async fn got(bench: &Bench, id: &str, mut arguments: Value) -> Value {
        arguments["ids"] = json!([id]);
        let mut answer = bench.call("Blob/get", arguments).await;
        match answer.get("list") {
            Some(_) => answer["list"][0].take(),
            None => answer,
        }
    }

    #[tokio::test]
    async fn the_examples_of_the_rfc() {
        // RFC 9404, 4.2.2 and 4.2.3
        let bench = Bench::new().await;
        let fox = bench.upload(b"The quick brown fox jumped over the lazy dog.").await;
        let all = got(&bench, &fox, json!({"properties": ["data:asText", "digest:sha", "size"]})).await;
        assert_eq!(
            all,
            json!({"id": fox, "data:asText": "The quick brown fox jumped over the lazy dog.",
                "digest:sha": "wIVPufsDxBzOOALLDSIFKebu+U4=", "size": 45})
        );
        let some = got(
            &bench,
            &fox,
            json!({"properties": ["data:asText", "digest:sha", "digest:sha-256", "size"], "offset": 4, "length": 9}),
        )
        .await;
        assert_eq!(
            some,
            json!({"id": fox, "data:asText": "quick bro", "digest:sha": "QiRAPtfyX8K6tm1iOAtZ87Xj3Ww=",
                "digest:sha-256": "gdg9INW7lwHK6OQ9u0dwDz2ZY/gubi0En0xlFpKt0OA=", "size": 45})
        );
    }

    #[tokio::test]
    async fn what_is_no_text_and_what_is_too_short_are_told() {
        let bench = Bench::new().await;
        let bytes = bench.upload(b"ab\xff").await;
        assert_eq!(
            got(&bench, &bytes, json!({})).await,
            json!({"id": bytes, "size": 3, "data:asBase64": "YWL/", "isEncodingProblem": true})
        );
        let text = got(&bench, &bytes, json!({"properties": ["data:asText"]})).await;
        assert_eq!(text, json!({"id": bytes, "data:asText": null, "isEncodingProblem": true}));
        let short = got(&bench, &bytes, json!({"properties": ["data"], "offset": 1, "length": 1})).await;
        assert_eq!(short, json!({"id": bytes, "data:asText": "b"}));
        let beyond = got(&bench, &bytes, json!({"properties": ["data"], "offset": 1, "length": 5})).await;
        assert_eq!((&beyond["isTruncated"], &beyond["data:asBase64"]), (&json!(true), &json!("Yv8=")));
        assert_eq!(got(&bench, &bytes, json!({"properties": ["x"]})).await["type"], "invalidArguments");
        let none = bench.call("Blob/get", json!({"ids": ["x", "b00"]})).await;
        assert_eq!((&none["list"], &none["notFound"]), (&json!([]), &json!(["x", "b00"])));
    }

    #[tokio::test]
    async fn the_data_of_one_call_have_a_size() {
        let bench = Bench::new().await;
        let large = bench.upload(&vec![b'x'; 16 * 1024 * 1024 + 1]).await;
        assert_eq!(got(&bench, &large, json!({})).await["type"], "requestTooLarge");
        let size = got(&bench, &large, json!({"properties": ["size"]})).await;
        assert_eq!(size["size"], 16 * 1024 * 1024 + 1);
    }

    #[tokio::test]
    async fn what_one_call_reads_has_a_size() {
        let bench = Bench::new().await;
        let fox = bench.upload(b"The quick brown fox jumped over the lazy dog.").await;
        let message = b"Content-Type: text/plain\r\n\r\nthe part\r\n";
        let part = format!("{}-0", bench.upload(message).await);
        for (ids, properties, needed) in [
            (json!([fox]), json!(["digest:sha"]), 45),
            (json!([fox]), json!(["data"]), 45),
            (json!([fox]), json!(["size"]), 0),
            // nobody has said what is where in it: all of it is looked through
            (json!([part]), json!(["size"]), message.len() as u64),
            (json!([fox, part]), json!(["digest:sha"]), 45 + message.len() as u64 + 10),
        ] {
            let read = async |read: u64| {
                let mut context = Context::new(bench.parts(), &bench.anna, BTreeMap::new());
                let account = bench.anna.account.to_string();
                let arguments = json!({"accountId": account, "ids": ids, "properties": properties});
                let Value::Object(arguments) = arguments else { unreachable!() };
                super::get(&mut context, Arguments::new(arguments), read).await.err()
            };
            assert_eq!(read(needed).await, None, "{ids} {properties}");
            if needed > 0 {
                assert_eq!(read(needed - 1).await, Some(MethodError::RequestTooLarge), "{ids} {properties}");
            }
        }
    }
}
