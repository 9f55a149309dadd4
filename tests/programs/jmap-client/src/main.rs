//! A visit by the crate `jmap-client`: `visit URL USER PASSWORD RECIPIENT` does what a mail program does, and prints what it found.
use jmap_client::client::Client;
use serde_json::json;
use std::time::Duration;

mod hear;
mod mail;
mod send;

/// Whatever goes wrong ends the visit.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
/// How long an answer or an event may take.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url, user, password, recipient] = words.as_slice() else {
        return Err("visit URL USER PASSWORD RECIPIENT".into());
    };
    let client = Client::new().credentials((user.as_str(), password.as_str())).timeout(PATIENCE).connect(url).await?;
    let session = client.session();
    let core = session.core_capabilities().ok_or("no capabilities of the core are told")?;
    let told = json!({
        "username": session.username(),
        "account": client.default_account_id(),
        "calls": core.max_calls_in_request(),
        "mailboxes": mail::mailboxes(&client).await?,
        "emails": mail::emails(&client).await?,
        "event": hear::event_source(&client).await?,
        "socket": hear::web_socket(&client).await?,
        "submission": send::submission(&client, user, recipient).await?,
    });
    println!("{told}");
    Ok(())
}

/// What must be there.
fn some<T>(value: Option<T>, what: &str) -> Result<T> {
    value.ok_or_else(|| format!("there is no {what}").into())
}
