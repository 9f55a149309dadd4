//! MDN/send (RFC 9007, 2.1): a notice goes to who asked for it, with the null reverse-path.
use super::notice::{About, Notice, fields};
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::mail::compose::{Draft, Room, Shelf};
use crate::mail::email::{implied, patches, standings};
use crate::mail::identity::{Identity, identities};
use crate::mail::reply::{members, told};
use crate::mail::stored_header::stored_header;
use crate::mail::trace::prefix;
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use delivery::{Asked, Envelope, Notify, Origin, Refused, Sender};
use jmap_wire::{Arguments, Id, MethodError, Object, SetError};
use message::{Date, HeaderWriter, new_message_id};
use names::Address;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Arrangement, Email, EmailId, Flags, Keyword, LineEnds, Outcome, Rights};

pub(super) const SEND: Method = Method {
    name: "MDN/send",
    capability: Capability::Mdn,
    run: |context, arguments| Box::pin(send(context, arguments)),
};

/// The keyword that says that one was sent (RFC 9007, 2.1).
const SENT: &str = "$mdnsent";

async fn send(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let account = arguments.required_id("accountId")?;
    let identity = arguments.required_id("identityId")?;
    let asked = arguments.objects("send")?.unwrap_or_default();
    let updates = patches(arguments.value("onSuccessUpdateEmail"))?;
    arguments.none_left()?;
    if asked.len() + updates.len() > OBJECTS_IN_SET {
        return Err(MethodError::RequestTooLarge);
    }
    let opened = context.own_account(&account).await?;
    let known = identities(context, &opened).await.map_err(|error| refusal::method(&error))?;
    let identity = context
        .id(identity.as_str())
        .and_then(|id| known.list.iter().find(|(known, _)| known.to_string() == id.as_str()));
    let wrong = || MethodError::InvalidArguments("`identityId` is no identity".to_owned());
    let identity = identity.map(|(_, identity)| identity.clone()).ok_or_else(wrong)?;
    let mut room = Room::new(context.parts.settings.max_message_size.bytes());
    let (mut sent, mut not_sent, mut emails) = (Map::new(), Map::new(), BTreeMap::new());
    for (creation, object) in asked {
        match one(context, &opened, (&identity, &object), &mut room).await {
            Ok((email, made)) => {
                emails.insert(format!("#{creation}"), email.to_string());
                sent.insert(creation.into(), made.into());
            }
            Err(error) => drop(not_sent.insert(creation.into(), told(&error))),
        }
    }
    let or_null = |members: Map<String, Value>| if members.is_empty() { Value::Null } else { members.into() };
    let answer =
        members([("accountId", opened.id.as_str().into()), ("sent", or_null(sent)), ("notSent", or_null(not_sent))]);
    let mut answers = vec![context.answer(answer)];
    let updates: Vec<(String, Object)> =
        updates.into_iter().filter_map(|(id, patch)| Some((emails.get(&id)?.clone(), patch))).collect();
    if !updates.is_empty() {
        let implied = implied(context, &opened, updates, Vec::new()).await;
        answers.push(implied.unwrap_or_else(|error| context.error(&error)));
    }
    Ok(answers)
}

/// Sends one; gives the email that it is about, and what the client does not know of it.
async fn one(
    context: &Context<'_>,
    opened: &Opened,
    (identity, object): (&Identity, &Object),
    room: &mut Room,
) -> Result<(EmailId, Object), SetError> {
    let notice = Notice::read(object)?;
    let email = found(context, opened, &notice.email).await?;
    let set = |error: store::Error| refusal::set(&error);
    let source = opened.account.open(&email).await.map_err(set)?;
    let header = stored_header(&email, &source).await.map_err(set)?;
    let field = |name: &str| header.fields().find(|field| field.is(name)).map(|field| field.unfolded());
    // RFC 8098, 2.1: who asks for it
    let to = field("Disposition-Notification-To").and_then(|value| {
        let (list, _) = message::addresses(&value, &mut 1);
        list.first()?.readable()?.address.parse::<Address>().ok()
    });
    let to = to.ok_or_else(|| SetError::invalid(&["forEmailId"]).because("nobody asks for a notice"))?;
    may_send(context, identity, &to).await?;
    let about = About {
        final_recipient: notice.final_recipient.clone().unwrap_or_else(|| format!("rfc822; {}", identity.email)),
        original_recipient: field("Original-Recipient").map(|value| String::from_utf8_lossy(&value).into_owned()),
        message_id: email.parsed.thread.message_id.as_deref().map(|id| format!("<{}>", String::from_utf8_lossy(id))),
    };
    let draft = draft(context, (&notice, &about, &email), identity, &to);
    let mut writer = context.parts.store.blob_writer(LineEnds::ToCrlf);
    let (prefix, return_path_len) = prefix(context, None);
    writer.write(&prefix).await.map_err(|error| refusal::set(&error))?;
    let random = context.parts.world.random.wide();
    let blob = draft.write(&Shelf { context, opened }, writer, room, random).await.map_err(|error| error.told())?;
    let sender = Sender {
        // RFC 8098, 3: MUST be null
        reverse_path: None,
        origin: Origin::Submission,
        account: Some(context.caller.account),
        peer: Some(context.caller.peer.clone()),
    };
    let asked = Asked { address: to, size: blob.size, notify: Notify::NEVER, orcpt: None };
    let recipient = context.parts.delivery.recipient(&sender, asked).await.map_err(|error| refused(&error))?;
    let envelope = Envelope {
        body: delivery::Body::EightBitMime,
        prefix_len: u32::try_from(prefix.len()).unwrap_or(u32::MAX),
        return_path_len,
        ..Envelope::of(sender)
    };
    // before it goes, so that whatever happens to us, no second one does
    if !mark(opened, email.id, Marked::Sent).await? {
        return Err(SetError::new("mdnAlreadySent"));
    }
    if let Err(error) = context.parts.delivery.accept(envelope, blob, vec![recipient]).await {
        mark(opened, email.id, Marked::Unsent).await?;
        return Err(refused(&error));
    }
    let told: [(&str, Value); 3] = [
        ("finalRecipient", about.final_recipient.into()),
        ("originalRecipient", about.original_recipient.into()),
        ("originalMessageId", about.message_id.into()),
    ];
    Ok((email.id, told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

/// Whether a notice was sent about an email, as its keyword says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Marked {
    Sent,
    Unsent,
}

/// Marks an email in one commit; whether it was marked otherwise before. Of several who mark it at once, one is told so.
async fn mark(opened: &Opened, email: EmailId, marked: Marked) -> Result<bool, SetError> {
    let keyword = Flags { keywords: Keyword::new(SENT).into_iter().collect(), ..Flags::default() };
    let arrangement = match marked {
        Marked::Sent => Arrangement { add: keyword, ..Arrangement::default() },
        Marked::Unsent => Arrangement { remove: keyword, ..Arrangement::default() },
    };
    let rights = |mailbox| opened.sees(mailbox).then(|| opened.rights(mailbox));
    let account = opened.account.in_hand_of(opened.reader, Rights::ALL);
    let outcome = account.arrange(email, &arrangement, &rights).await.map_err(|error| refusal::set(&error))?;
    Ok(matches!(outcome, Outcome::Wrote(_)))
}

fn refused(refused: &Refused) -> SetError {
    tracing::info!(%refused, "a notice was not taken");
    match refused {
        Refused::Unavailable | Refused::NoPostmaster | Refused::NoSpace | Refused::FullForNow => {
            SetError::new("serverFail").because("not possible just now; please try again later")
        }
        _ => SetError::new("forbidden").because("who asks for the notice cannot be reached"),
    }
}

/// The email of an id, where the caller sees it and nothing was sent about it.
async fn found(context: &Context<'_>, opened: &Opened, written: &str) -> Result<Arc<Email>, SetError> {
    let set = |error: store::Error| refusal::set(&error);
    let not_found = || SetError::new("notFound");
    let id: Id = context.id(written).ok_or_else(not_found)?;
    let id = id.as_str().parse::<EmailId>().ok().filter(|known| known.to_string() == id.as_str());
    let id = id.ok_or_else(not_found)?;
    let standing = standings(opened, &[id]).await.map_err(set)?.remove(&id).ok_or_else(not_found)?;
    if standing.keywords().get(SENT).is_some() {
        return Err(SetError::new("mdnAlreadySent"));
    }
    opened.account.emails(&[id]).await.map_err(set)?.into_iter().next().flatten().ok_or_else(not_found)
}

/// As of any submission (RFC 6409, 6).
async fn may_send(context: &Context<'_>, identity: &Identity, to: &Address) -> Result<(), SetError> {
    let away = |error: directory::Error| {
        tracing::warn!(%error, "sender not looked up");
        SetError::new("serverFail").because("not possible just now; please try again later")
    };
    let (directory, caller) = (&context.parts.directory, context.caller);
    if directory.account(&caller.address).await.map_err(away)?.held.is_some() {
        return Err(SetError::new("forbidden").because("sending is stopped; please call the service desk"));
    }
    let from = identity.email.parse::<Address>().map_err(|_| SetError::new("forbiddenFrom"))?;
    if !directory.may_send_as(caller.account, &from).await.map_err(away)? {
        return Err(SetError::new("forbiddenFrom"));
    }
    let Some(limits) = &context.parts.settings.allowance else { return Ok(()) };
    let limited = |error: policy::Error| SetError::new("rateLimit").because(error.to_string());
    let senders = context.parts.delivery.senders();
    senders.message(caller.account, limits, &caller.peer).await.map_err(limited)?;
    senders.recipient(caller.account, limits, to, &caller.peer).await.map_err(limited)
}

fn draft(
    context: &Context<'_>,
    (notice, about, email): (&Notice, &About, &Email),
    identity: &Identity,
    to: &Address,
) -> Draft {
    let settings = &context.parts.settings;
    let texts = &settings.language.texts().notice;
    let subject = email.parsed.envelope.subject_text().unwrap_or_default();
    let subject = notice.subject.clone().unwrap_or_else(|| (texts.subject)(&subject));
    let seconds = i64::try_from(context.parts.world.clock.now().secs()).unwrap_or(i64::MAX);
    let mut header = HeaderWriter::new()
        .addresses("From", &[(Some(&identity.name), &identity.email)])
        .addresses("To", &[(None, &to.to_string())])
        .text("Subject", &subject)
        .field("Date", &Date::utc(seconds).to_string())
        .field("Message-ID", &new_message_id(context.parts.world.random.wide(), settings.host_name.as_str()));
    if let Some(id) = &about.message_id {
        header = header.field("In-Reply-To", id).field("References", id);
    }
    if notice.disposition.sending == "mdn-sent-automatically" {
        // RFC 3834, 5.1
        header = header.field("Auto-Submitted", "auto-replied");
    }
    let text = notice.text.as_deref().unwrap_or(texts.text);
    let original = notice.original.then(|| email.blob.to_string());
    Draft::notice(header.into_bytes(), text, fields(notice, about), original)
}
