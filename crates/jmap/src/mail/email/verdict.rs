//! SenderVerdict/get: what was found out about who sent a message, as far as this server stands for it
//! (`docs/jmap-account.md`).
//!
//! A field that says so is believed for two reasons together: the message came by a door of this server, which leaves no
//! such field in what comes from outside (RFC 8601, 5), and the field bears this server's name. What was appended, imported
//! or copied from a file came by no door, and whatever it says is its own.
use super::allowance::{Allowance, Untold};
use super::get::all;
use super::reading::Reading;
use super::standing::standings;
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_GET;
use crate::mail::reply::{got, known};
use crate::method::{Answers, Method};
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::{Arguments, Get, Id};
use message::HeaderFields;
use names::Domain;
use policy::OwnNames;
use serde_json::{Map, Value};
use std::sync::Arc;
use store::{Email, EmailId};

pub(super) const GET: Method = Method {
    name: "SenderVerdict/get",
    capability: Capability::Account,
    run: |context, arguments| Box::pin(get(context, arguments)),
};

const PROPERTIES: [&str; 2] = ["id", "authenticationResults"];

async fn get(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Get::take(&mut arguments, OBJECTS_IN_GET)?;
    arguments.none_left()?;
    let properties = known(asked.properties, &PROPERTIES)?;
    let opened = context.own_account(&asked.account).await?;
    let states = opened.states().await.map_err(|error| refusal::method(&error))?;
    let ids: Vec<String> = match asked.ids {
        Some(ids) => ids.iter().map(|id| id.as_str().to_owned()).collect(),
        None => all(context.parts, &opened).await?.iter().map(|found| found.email.to_string()).collect(),
    };
    let there: Vec<EmailId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let standings = standings(&opened, &there).await.map_err(|error| refusal::method(&error))?;
    let there: Vec<EmailId> = there.into_iter().filter(|id| standings.contains_key(id)).collect();
    let emails = opened.account.emails(&there).await.map_err(|error| refusal::method(&error))?;
    let mut allowance = Allowance::begin(context.parts, &opened);
    let mut list = Vec::with_capacity(emails.len());
    for email in emails.iter().flatten() {
        let (host_name, wanted) = (&context.parts.settings.host_name, (properties.as_slice(), &mut allowance));
        let told = object(&opened, email, host_name, wanted).await;
        list.push(told.map_err(|untold| untold.refusal())?.into());
    }
    let is_there = |id: &str| id.parse().is_ok_and(|id: EmailId| standings.contains_key(&id));
    let not_found: Vec<Id> =
        ids.iter().filter(|id| !is_there(id)).filter_map(|id| Id::try_from(id.as_str()).ok()).collect();
    Ok(vec![context.answer(got(&opened, opened.state(states.email), list, &not_found))])
}

async fn object(
    opened: &Opened,
    email: &Arc<Email>,
    host_name: &Domain,
    (properties, allowance): (&[&'static str], &mut Allowance<'_>),
) -> Result<Map<String, Value>, Untold> {
    let mut told = Map::new();
    for name in properties {
        let value = match *name {
            "id" => email.id.to_string().into(),
            _ => field(opened, email, host_name, allowance).await?.into(),
        };
        allowance.tell(&mut told, name, value)?;
    }
    Ok(told)
}

/// The first Authentication-Results field that is this server's, on one line; the first, since each server writes on top
/// (RFC 8601, 4.1).
async fn field(
    opened: &Opened,
    email: &Arc<Email>,
    host_name: &Domain,
    allowance: &mut Allowance<'_>,
) -> Result<Option<String>, Untold> {
    // our own Return-Path and Received are before what came by a door, and nowhere else
    if email.prefix_len == 0 {
        return Ok(None);
    }
    let header = Reading::email(&opened.account, email).header(0).await?;
    allowance.look(header.len()).await?;
    let own = OwnNames::from_iter([host_name.clone()]);
    let mut fields = HeaderFields::new(&header).filter(|field| field.is("Authentication-Results"));
    let ours = fields.find(|field| own.vouch_for(field.value));
    Ok(ours.map(|field| String::from_utf8_lossy(&field.unfolded()).into_owned()))
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Value, json};
    use store::{EmailId, Flags, LineEnds, NewEmail, ReceivedAt};

    const OURS: &str = "mx.example.org; dmarc=pass header.from=bank.example";

    /// As a door leaves it: behind a prefix.
    async fn delivered(bench: &Bench, header: &str) -> EmailId {
        let prefix = "Return-Path: <>\r\nReceived: by mx.example.org; Thu, 1 Jan 1970 00:00:00 +0000\r\n";
        let mut writer = bench.parts().store.blob_writer(LineEnds::Keep);
        writer.write(format!("{prefix}{header}\r\n\r\nx\r\n").as_bytes()).await.unwrap();
        let blob = writer.finish().await.unwrap();
        let received = ReceivedAt::utc(bench.parts().world.clock.now());
        let email = NewEmail { prefix_len: u32::try_from(prefix.len()).unwrap(), ..NewEmail::new(blob, received) };
        let account = bench.account().await;
        account.append(bench.mailbox("INBOX").await, vec![email]).await.unwrap().value()[0].email
    }

    async fn told(bench: &Bench, email: EmailId) -> Value {
        let mut answer = bench.call("SenderVerdict/get", json!({"ids": [email.to_string()]})).await;
        answer["list"][0]["authenticationResults"].take()
    }

    #[tokio::test]
    async fn our_own_field_is_told_of_what_came_by_a_door() {
        let bench = Bench::new().await;
        for (header, expected) in [
            (format!("Authentication-Results: {OURS}"), OURS.into()),
            (
                format!("A: b\r\nAUTHENTICATION-RESULTS :\r\n\t{OURS}\r\nAuthentication-Results: mx.example.org; none"),
                OURS.into(),
            ),
            (format!("Authentication-Results: mx.example.net; none\r\nAuthentication-Results: {OURS}"), OURS.into()),
            ("Authentication-Results: mx.example.net; dmarc=pass".to_owned(), Value::Null),
            ("Authentication-Results: (mx.example.org) mx.example.net; dmarc=pass".to_owned(), Value::Null),
            (format!("ARC-Authentication-Results: i=1; {OURS}"), Value::Null),
            ("Subject: x".to_owned(), Value::Null),
            (format!("Content-Type: message/rfc822\r\n\r\nAuthentication-Results: {OURS}"), Value::Null),
        ] {
            let email = delivered(&bench, &header).await;
            assert_eq!(told(&bench, email).await, expected, "{header}");
        }
    }

    #[tokio::test]
    async fn d05_what_was_appended_is_believed_in_nothing() {
        let bench = Bench::new().await;
        let message =
            format!("Received: by mx.example.org\r\nAuthentication-Results: {OURS}\r\nSubject: x\r\n\r\nx\r\n");
        let email = bench.append("INBOX", &message, Flags::default()).await;
        assert_eq!(told(&bench, email).await, Value::Null);
        let shown = bench
            .call("Email/get", json!({"ids": [email.to_string()], "properties": ["header:Authentication-Results"]}));
        // it stays as it was written all the same
        assert_eq!(shown.await["list"][0]["header:Authentication-Results"], format!(" {OURS}"));
    }

    #[tokio::test]
    async fn it_is_a_get_as_any_other() {
        let bench = Bench::new().await;
        let email = delivered(&bench, &format!("Authentication-Results: {OURS}")).await.to_string();
        let answer = bench.call("SenderVerdict/get", json!({"ids": [email, "e0", "x"], "properties": ["id"]})).await;
        assert_eq!((&answer["list"], &answer["notFound"]), (&json!([{"id": email}]), &json!(["e0", "x"])));
        let all = bench.call("SenderVerdict/get", json!({"ids": null})).await;
        assert_eq!(all["list"], json!([{"id": email, "authenticationResults": OURS}]));
        let wrong = bench.call("SenderVerdict/get", json!({"ids": [], "properties": ["subject"]})).await;
        assert_eq!(wrong["type"], "invalidArguments");
    }
}
