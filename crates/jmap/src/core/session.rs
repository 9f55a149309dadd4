//! The session object (RFC 8620, 2).
use crate::caller::Caller;
use crate::capability::Capability;
use crate::error::Error;
use crate::jmap::{Parts, open_other, open_own};
use crate::opened::Opened;
use crate::sharing::principal::principal_id;
use crate::state::of_value;
use names::Address;
use serde_json::{Map, Value, json};

/// Whose an account is (RFC 9670, 1.5.2).
const PRINCIPAL_OWNER: &str = "urn:ietf:params:jmap:principals:owner";

/// Accounts of others that are shown.
pub(crate) const MAX_SHARED: usize = 100;

/// The object; its addresses begin with `base`.
pub(crate) async fn object(parts: &Parts, caller: &Caller, base: &str) -> Result<Value, Error> {
    let accounts = accounts(parts, caller).await?;
    let signing = parts.pushing.signing(parts).await?;
    let capabilities: Map<String, Value> = Capability::there()
        .map(|capability| (capability.urn().to_owned(), capability.in_session(&parts.settings, base, signing.public())))
        .collect();
    let own = caller.account.to_string();
    let primary: Map<String, Value> = Capability::there()
        .filter(|capability| accounts[own.as_str()]["accountCapabilities"].get(capability.urn()).is_some())
        .map(|capability| (capability.urn().to_owned(), own.clone().into()))
        .collect();
    Ok(json!({
        "capabilities": capabilities,
        "state": state_of(&accounts, &caller.address.to_string()),
        "accounts": accounts,
        "primaryAccounts": primary,
        "username": caller.address.to_string(),
        "apiUrl": format!("{base}/jmap/api"),
        "downloadUrl": format!("{base}/jmap/download/{{accountId}}/{{blobId}}/{{name}}?accept={{type}}"),
        "uploadUrl": format!("{base}/jmap/upload/{{accountId}}"),
        "eventSourceUrl": format!("{base}/jmap/events?types={{types}}&closeafter={{closeafter}}&ping={{ping}}"),
    }))
}

/// The state that every response bears: another when the object is another.
pub(crate) async fn state(parts: &Parts, caller: &Caller) -> Result<String, Error> {
    Ok(state_of(&accounts(parts, caller).await?, &caller.address.to_string()))
}

fn state_of(accounts: &Value, username: &str) -> String {
    // this release's own: what is advertised changes with it
    of_value(&json!([env!("CARGO_PKG_VERSION"), username, accounts]))
}

/// The caller's own account, and those that share something with him.
async fn accounts(parts: &Parts, caller: &Caller) -> Result<Value, Error> {
    let own = open_own(parts, caller).await?;
    let mut accounts = Map::new();
    accounts.insert(own.id.to_string(), account(&own, &caller.address, caller, parts));
    // RFC 9670, 1.4: "MUST only include Accounts where ... the user is subscribed to at least one record"
    let subscribed = own.mailboxes.sharers().filter(|(_, sharer)| own.subscribes_below(&sharer.address));
    for (id, sharer) in subscribed.take(MAX_SHARED) {
        match open_other(parts, caller, &own, id).await {
            Ok(Some(other)) if own.subscribes_to(&sharer.address, &other) => {
                accounts.insert(other.id.to_string(), account(&other, &sharer.address, caller, parts));
            }
            Ok(_) => {}
            // what is damaged there is not in the way of one's own
            Err(store::Error::Corrupt(cause)) => {
                tracing::error!(account = %id, cause, "what is shared cannot be read");
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Value::Object(accounts))
}

/// An account as the caller sees it; `owner` is its owner's address.
pub(crate) fn account(opened: &Opened, owner: &Address, caller: &Caller, parts: &Parts) -> Value {
    let of = |capability: Capability| Some((capability.urn(), capability.in_account(opened, caller, &parts.settings)?));
    let mut capabilities: Map<String, Value> =
        Capability::there().filter_map(of).map(|(urn, told)| (urn.to_owned(), told)).collect();
    // RFC 9670, 1.5.2: it is no capability that a request uses
    if let Some(principal) = principal_id(opened.account.id(), owner) {
        let told = json!({"accountIdForPrincipal": caller.account.to_string(), "principalId": principal});
        capabilities.insert(PRINCIPAL_OWNER.to_owned(), told);
    }
    json!({
        "name": owner.to_string(),
        "isPersonal": opened.own,
        "isReadOnly": opened.is_read_only(),
        "accountCapabilities": capabilities,
    })
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use crate::limits;
    use serde_json::json;
    use std::time::Duration;

    #[tokio::test]
    async fn it_says_who_one_is_and_what_there_is() {
        let bench = Bench::new().await;
        let session = bench.jmap.session(&bench.anna, "https://mail.example.org").await.unwrap();
        let anna = bench.anna.account.to_string();
        assert_eq!(session["username"], "anna@example.org");
        assert_eq!(session["accounts"].as_object().unwrap().keys().collect::<Vec<_>>(), [&anna]);
        assert_eq!(session["accounts"][&anna]["isPersonal"], true);
        assert_eq!(session["accounts"][&anna]["isReadOnly"], false);
        let core = &session["capabilities"]["urn:ietf:params:jmap:core"];
        assert_eq!(core["maxCallsInRequest"], limits::CALLS_IN_REQUEST);
        let socket = &session["capabilities"]["urn:ietf:params:jmap:websocket"];
        assert_eq!(*socket, json!({"url": "wss://mail.example.org/jmap/ws", "supportsPush": true}));
        let key = &session["capabilities"]["urn:ietf:params:jmap:webpush-vapid"]["applicationServerKey"];
        assert_eq!(key.as_str().map(str::len), Some(87));
        assert_eq!(session["apiUrl"], "https://mail.example.org/jmap/api");
        for variable in ["{accountId}", "{blobId}", "{name}", "{type}"] {
            assert!(session["downloadUrl"].as_str().unwrap().contains(variable));
        }
    }

    #[tokio::test]
    async fn a_message_waits_no_longer_than_it_may_by_smtp() {
        for (seconds, told) in [(3_600, json!(["3600"])), (0, json!(null))] {
            let bench = Bench::with(|settings| settings.max_delayed_send = Duration::from_secs(seconds)).await;
            let session = bench.jmap.session(&bench.anna, "").await.unwrap();
            let anna = bench.anna.account.to_string();
            let ways = &session["accounts"][&anna]["accountCapabilities"]["urn:ietf:params:jmap:submission"];
            assert_eq!(
                (&ways["maxDelayedSend"], &ways["submissionExtensions"]["FUTURERELEASE"]),
                (&json!(seconds), &told)
            );
        }
    }

    #[tokio::test]
    async fn what_is_shared_is_an_account_and_changes_the_state() {
        let bench = Bench::new().await;
        let before = bench.jmap.session(&bench.bram, "").await.unwrap();
        bench.share("INBOX", "lr").await;
        bench.subscribe("INBOX").await;
        let session = bench.jmap.session(&bench.bram, "").await.unwrap();
        let anna = bench.anna.account.to_string();
        assert_eq!(session["accounts"][&anna]["name"], "anna@example.org");
        assert_eq!(session["accounts"][&anna]["isPersonal"], false);
        assert_eq!(session["accounts"][&anna]["isReadOnly"], true);
        assert_ne!(session["state"], before["state"]);
        let response = bench.as_bram().request(json!([])).await;
        assert_eq!(response["sessionState"], session["state"]);
        bench.share("INBOX", "").await;
        let after = bench.jmap.session(&bench.bram, "").await.unwrap();
        assert_eq!((&after["state"], &after["accounts"]), (&before["state"], &before["accounts"]));
    }
}
