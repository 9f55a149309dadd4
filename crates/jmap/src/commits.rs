//! How far a call's own commits bring the client who made it (RFC 8620, 5.3: `newState`).
//!
//! A client that knows a state, and what its call did, knows the state behind only if nobody else wrote meanwhile: else it
//! would never hear of that. Then it is told the state from before, and asks for the changes since; to hear of its own once
//! more does it no harm.
use crate::opened::Opened;
use crate::refusal;
use jmap_wire::MethodError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::{ModSeq, Outcome};

/// Commits that a caller has made in an account since it was opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct Commits(Arc<AtomicU64>);

/// Where a call began: each commit in an account takes the next modseq.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    modseq: ModSeq,
    own: u64,
}

impl Commits {
    /// Counts what was written, and gives what came of it.
    pub(crate) fn count<T>(&self, outcome: Outcome<T>) -> T {
        if outcome.receipt().is_some() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
        outcome.into_value()
    }

    /// Counts what another room wrote for the call.
    pub(crate) fn count_one(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Begun {
    /// Begins a call, before it looks at the state that it calls the old one.
    ///
    /// # Errors
    /// When the account cannot be read just now.
    pub(crate) async fn of(opened: &Opened) -> Result<Self, MethodError> {
        let modseq = opened.account.modseq().await.map_err(|error| refusal::method(&error))?;
        Ok(Self { modseq, own: opened.commits.0.load(Ordering::Relaxed) })
    }

    /// The new state of a call: `now`, which was looked at after its last commit, or `old` if others wrote meanwhile.
    ///
    /// # Errors
    /// When the account cannot be read just now.
    pub(crate) async fn reached(self, opened: &Opened, old: &str, now: String) -> Result<String, MethodError> {
        let end = opened.account.modseq().await.map_err(|error| refusal::method(&error))?;
        let own = opened.commits.0.load(Ordering::Relaxed).saturating_sub(self.own);
        let all = end.0.saturating_sub(self.modseq.0);
        Ok(if all == own { now } else { old.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use crate::bench::Bench;
    use serde_json::{Map, Value, json};
    use std::time::Duration;
    use store::Flags;

    async fn state(bench: &Bench) -> Value {
        bench.call("Email/get", json!({"ids": []})).await["state"].clone()
    }

    #[tokio::test]
    async fn who_writes_alone_is_told_the_state_that_he_made() {
        let bench = Bench::new().await;
        let id = bench.append("Archive", "Subject: s\r\n\r\nx\r\n", Flags::default()).await.to_string();
        let archive = bench.mailbox("Archive").await.to_string();
        let blob = bench.upload(b"Subject: t\r\n\r\ny\r\n").await;
        for (method, arguments) in [
            (
                "Email/set",
                json!({"update": {&id: {"keywords/a": true}}, "create": {"k": {"mailboxIds": {&archive: true}}}}),
            ),
            ("Email/import", json!({"emails": {"k": {"blobId": blob, "mailboxIds": {&archive: true}}}})),
            ("Email/set", json!({"destroy": [&id]})),
        ] {
            let told = bench.call(method, arguments).await;
            assert_ne!(told["oldState"], told["newState"], "{told}");
            assert_eq!(told["newState"], state(&bench).await);
        }
    }

    #[tokio::test]
    async fn what_comes_while_a_call_writes_is_told_after_it() {
        let bench = Bench::new().await;
        let mut update = Map::new();
        for number in 0..200 {
            let email = format!("Subject: {number}\r\n\r\nx\r\n");
            update.insert(
                bench.append("Archive", &email, Flags::default()).await.to_string(),
                json!({"keywords/a": true}),
            );
        }
        let before = bench.account().await.modseq().await.unwrap();
        let (set, came) = tokio::join!(bench.call("Email/set", json!({"update": update})), async {
            while bench.account().await.modseq().await.unwrap() == before {
                tokio::task::yield_now().await;
            }
            bench.append("INBOX", "Subject: new\r\n\r\nx\r\n", Flags::default()).await
        });
        assert_eq!(set["updated"].as_object().map(Map::len), Some(200));
        let places = bench.account().await.memberships(came).await.unwrap();
        let end = bench.account().await.modseq().await.unwrap();
        assert!(before < places[0].modseq && places[0].modseq < end, "it did not come meanwhile");
        let changes = bench.call("Email/changes", json!({"sinceState": set["newState"]})).await;
        assert!(changes["created"].as_array().unwrap().contains(&came.to_string().into()), "{set} {changes}");
        // what the call itself failed to write is nobody's commit
        let refused = bench.call("Email/set", json!({"update": {"nobody": {"keywords/a": true}}})).await;
        assert_eq!((&refused["oldState"], &refused["newState"]), (&state(&bench).await, &state(&bench).await));
    }

    /// RFC 8620, 5.3: `ifInState` is asked again in the first commit.
    #[tokio::test(start_paused = true)]
    async fn nobody_writes_between_the_state_and_the_first_commit() {
        let bench = Bench::new().await;
        let blob = bench.upload(b"Subject: t\r\n\r\ny\r\n").await;
        let archive = bench.mailbox("Archive").await.to_string();
        let import = json!({"emails": {"k": {"blobId": blob, "mailboxIds": {&archive: true}}}});
        let draft = json!({"create": {"k": {"mailboxIds": {&archive: true}}}});
        let mailbox = |name: &str| json!({"create": {"k": {"name": name}}});
        let identity = |name: &str| json!({"create": {"k": {"email": "anna@example.org", "name": name}}});
        let vacation = |subject: &str| json!({"update": {"singleton": {"subject": subject}}});
        for (of, method, first, second) in [
            ("Mailbox", "Mailbox/set", mailbox("a"), mailbox("b")),
            ("Identity", "Identity/set", identity("a"), identity("b")),
            ("VacationResponse", "VacationResponse/set", vacation("a"), vacation("b")),
            ("Email", "Email/set", draft.clone(), draft),
            ("Email", "Email/import", import.clone(), import),
        ] {
            let get = async || bench.call(&format!("{of}/get"), json!({"ids": []})).await["state"].clone();
            let before = get().await;
            let mut second = second;
            second["ifInState"] = before.clone();
            bench.memory.delay(Duration::from_secs(2));
            let (first, second) = tokio::join!(bench.call(method, first), async {
                tokio::time::sleep(Duration::from_secs(1)).await;
                assert_eq!(get().await, before, "{method}");
                bench.call(method, second).await
            });
            bench.memory.delay(Duration::ZERO);
            assert_ne!(first["newState"], before, "{method}: {first}");
            assert_eq!(second, json!({"type": "stateMismatch"}), "{method}");
            assert_eq!(get().await, first["newState"], "{method}");
        }
    }
}
