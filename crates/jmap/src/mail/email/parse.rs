//! Email/parse (RFC 8621, 4.9): a blob as the message that it is.
use super::allowance::{Allowance, Untold};
use super::object::object;
use super::properties::{Of, Wanted};
use super::reading::{Naming, Reading};
use crate::blob_id::BlobId;
use crate::blobs::source;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::octets::Octets;
use crate::mail::reply::members;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use jmap_wire::{Arguments, Id, MethodError};
use message::{Encoding, Limits, Parsed, Parser, Shape};
use serde_json::{Map, Value};

pub(super) const PARSE: Method = Method {
    name: "Email/parse",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(parse(context, arguments)),
};

/// What became of a blob.
enum Tried {
    Message(Map<String, Value>),
    NotParsable,
    NotFound,
}

async fn parse(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let account = arguments.required_id("accountId")?;
    let ids = arguments.ids("blobIds")?;
    let mut ids = ids.ok_or_else(|| MethodError::InvalidArguments("`blobIds` is missing".to_owned()))?;
    let properties = arguments.texts("properties")?;
    let wanted = Wanted::read(Of::Blob, properties, &mut arguments)?;
    arguments.none_left()?;
    if ids.len() > OBJECTS_IN_GET {
        return Err(MethodError::RequestTooLarge);
    }
    ids.sort();
    ids.dedup();
    let opened = context.account(&account).await?;
    let mut allowance = Allowance::begin(context.parts, &opened);
    let (mut parsed, mut not_parsable, mut not_found) = (Map::new(), Vec::new(), Vec::new());
    for id in ids {
        let tried = one(context, &opened, &id, (&wanted, &mut allowance)).await;
        match tried.map_err(|untold| untold.refusal())? {
            Tried::Message(told) => drop(parsed.insert(id.into(), told.into())),
            Tried::NotParsable => not_parsable.push(String::from(id)),
            Tried::NotFound => not_found.push(String::from(id)),
        }
    }
    let or_null = |ids: Vec<String>| if ids.is_empty() { Value::Null } else { ids.into() };
    let answer = members([
        ("accountId", opened.id.as_str().into()),
        ("parsed", if parsed.is_empty() { Value::Null } else { parsed.into() }),
        ("notParsable", or_null(not_parsable)),
        ("notFound", or_null(not_found)),
    ]);
    Ok(vec![context.answer(answer)])
}

async fn one(
    context: &Context<'_>,
    opened: &Opened,
    id: &Id,
    (wanted, allowance): (&Wanted, &mut Allowance<'_>),
) -> Result<Tried, Untold> {
    let Some(blob) = BlobId::of(id) else { return Ok(Tried::NotFound) };
    let Some((_, source)) = source(context.parts, context.caller, opened, blob).await? else {
        return Ok(Tried::NotFound);
    };
    let octets = Octets::blob(source);
    let whole = parsed(&octets, allowance).await?;
    let (naming, parsed, octets) = match blob {
        BlobId::Whole(hash) => (Naming::Whole(hash), whole, octets),
        // what stands in a card is no message
        BlobId::Media(..) => return Ok(Tried::NotParsable),
        BlobId::Part(hash, index) => {
            let Some(part) = whole.structure.part(index) else { return Ok(Tried::NotFound) };
            // an attached message whose bytes stand in this one as they are; no other part is a message
            let stands = matches!(part.shape, Shape::Message(_))
                && matches!(part.encoding, Encoding::SevenBit | Encoding::EightBit | Encoding::Binary);
            if !stands {
                return Ok(Tried::NotParsable);
            }
            let inner = octets.part(part.body.range());
            let parsed = parsed(&inner, allowance).await?;
            (Naming::Attached(hash, index), parsed, inner)
        }
    };
    // any octets have a body; a message has a header
    let has_header = parsed.structure.root().is_some_and(|root| !root.header.is_empty());
    if !has_header || !has_field(&parsed, &octets).await? {
        return Ok(Tried::NotParsable);
    }
    let mut reading = Reading::parsed(naming, &parsed, octets);
    Ok(Tried::Message(object(&mut reading, None, wanted, allowance).await?))
}

async fn parsed(octets: &Octets, allowance: &mut Allowance<'_>) -> Result<Parsed, Untold> {
    let (mut parser, mut at) = (Parser::new(Limits::default()), 0);
    while at < octets.size() {
        let piece = octets.piece(at, octets.size()).await?;
        at += piece.len() as u64;
        parser.push(&piece);
        allowance.look(piece.len()).await?;
    }
    Ok(parser.finish())
}

async fn has_field(parsed: &Parsed, octets: &Octets) -> Result<bool, store::Error> {
    let Some(span) = parsed.structure.root().map(|root| root.header) else { return Ok(false) };
    let begin = octets.piece(span.start, span.end).await?;
    Ok(message::HeaderFields::new(&begin).next().is_some())
}
