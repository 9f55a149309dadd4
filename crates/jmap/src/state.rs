//! States (RFC 8620, 1.6.4): the store's epoch and a modseq of the account, so that one of before a restore is not taken
//! for one of after it.
use crate::opened::SEES;
use jmap_wire::MethodError;
use names::AccountId;
use serde_json::Value;
use std::hash::{DefaultHasher, Hash, Hasher};
use store::{Account, Error, ModSeq, TypeStates};

/// A state as it is told.
pub(crate) fn told(epoch: u64, modseq: ModSeq) -> String {
    format!("{epoch}-{modseq}")
}

/// The state of what the store has no state of: another one whenever it is another.
pub(crate) fn of_value(value: &Value) -> String {
    let mut hasher = DefaultHasher::new();
    value.to_string().hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// The modseq of a state that was told.
///
/// # Errors
/// `cannotCalculateChanges` for what was never told in this epoch.
pub(crate) fn since(epoch: u64, state: &str) -> Result<ModSeq, MethodError> {
    let known = state.split_once('-').and_then(|(of, modseq)| {
        let modseq = ModSeq(modseq.parse().ok()?);
        // only the one spelling that is told
        (told(epoch, modseq) == state && of.parse() == Ok(epoch)).then_some(modseq)
    });
    known.ok_or(MethodError::CannotCalculateChanges)
}

/// The states of an account's types as a caller sees them (RFC 8620, 5.1: "If the data changes, this string MUST change").
/// For who does not see all of it, emails and threads come and go with what he may see, and with moves out of sight and
/// into it, of which the store's own states know nothing.
///
/// # Errors
/// What the store says.
pub(crate) async fn seen_by(caller: AccountId, account: &Account) -> Result<TypeStates, Error> {
    let (told, mailboxes) = (account.type_states().await?, account.mailboxes().await?);
    let owner = account.id();
    let sees = |rights: store::Rights| rights.contains(SEES);
    if caller != owner {
        let seen = told.email.max(mailboxes.list_modseq());
        return Ok(TypeStates { email: seen, thread: seen, ..told });
    }
    if mailboxes.iter().all(|mailbox| sees(mailboxes.acl(mailbox.id).rights(caller, owner))) {
        return Ok(told);
    }
    Ok(TypeStates { thread: told.email, ..told })
}

#[cfg(test)]
mod tests {
    use super::{since, told};
    use crate::bench::Bench;
    use jmap_wire::MethodError;
    use serde_json::{Value, json};
    use store::{AclChange, Flags, Grantee, ModSeq, Rights, Sign, Uid};

    #[test]
    fn j26_only_what_was_told_is_a_state() {
        assert_eq!(since(3, &told(3, ModSeq(17))), Ok(ModSeq(17)));
        for wrong in ["", "17", "3-", "3-x", "2-17", "3-017", "+3-17", "3-17 ", "3--1", "3-99999999999999999999999"] {
            assert_eq!(since(3, wrong), Err(MethodError::CannotCalculateChanges), "{wrong}");
        }
    }

    /// The states of anna's emails and threads, as somebody sees them.
    async fn states(bench: &Bench) -> [Value; 2] {
        let asked = json!({"accountId": bench.anna.account.to_string(), "ids": []});
        let state = async |method| bench.call(method, asked.clone()).await["state"].clone();
        [state("Email/get").await, state("Thread/get").await]
    }

    async fn changes(bench: &Bench, since: &[Value; 2]) -> [Value; 2] {
        let of = bench.anna.account.to_string();
        let changes = async |method, since| bench.call(method, json!({"accountId": &of, "sinceState": since})).await;
        [changes("Email/changes", &since[0]).await, changes("Thread/changes", &since[1]).await]
    }

    #[tokio::test]
    async fn who_is_granted_more_or_less_begins_anew_once() {
        let bench = Bench::new().await;
        bench.append("Archive", "Subject: x\n\n.\n", Flags::default()).await;
        bench.share("INBOX", "lr").await;
        let bram = bench.as_bram();
        let mut known = states(&bram).await;
        for (mailbox, rights) in [("Archive", "lr"), ("Sent", "lr"), ("Archive", "l")] {
            bench.share(mailbox, rights).await;
            let now = states(&bram).await;
            for (at, told) in changes(&bram, &known).await.iter().enumerate() {
                assert_eq!(told["type"], "cannotCalculateChanges", "{told}");
                assert_ne!(known[at], now[at]);
            }
            for told in changes(&bram, &now).await {
                assert_eq!(told["oldState"], told["newState"], "{told}");
            }
            known = now;
        }
    }

    #[tokio::test]
    async fn an_owner_who_hides_from_himself_begins_anew_too() {
        let bench = Bench::new().await;
        bench.append("Archive", "Subject: x\n\n.\n", Flags::default()).await;
        let archive = bench.mailbox("Archive").await;
        let mut known = states(&bench).await;
        for change in [AclChange::Set(Rights::LOOKUP), AclChange::Set(Rights::ALL)] {
            let anna = Grantee { account: bench.anna.account, address: bench.anna.address.clone() };
            let account = bench.account().await;
            let owner = (&account, &bench.anna.address);
            bench.parts().store.change_acl(None, owner, archive, (&anna, Sign::Granted), change).await.unwrap();
            let now = states(&bench).await;
            for (at, told) in changes(&bench, &known).await.iter().enumerate() {
                assert_eq!(told["type"], "cannotCalculateChanges", "{told}");
                assert_ne!(known[at], now[at]);
            }
            for told in changes(&bench, &now).await {
                assert_eq!(told["oldState"], told["newState"], "{told}");
            }
            known = now;
        }
    }

    #[tokio::test]
    async fn what_comes_into_sight_changes_the_states_of_who_sees_it() {
        let bench = Bench::new().await;
        let account = bench.account().await;
        let (inbox, archive) = (bench.mailbox("INBOX").await, bench.mailbox("Archive").await);
        bench.share("Archive", "lr").await;
        let bram = bench.as_bram();
        bench.append("INBOX", "Subject: x\n\n.\n", Flags::default()).await;
        let hidden = states(&bram).await;
        account.move_to(inbox, &[Uid::MIN], archive).await.unwrap();
        let shown = states(&bram).await;
        for (at, told) in changes(&bram, &hidden).await.iter().enumerate() {
            assert_eq!(told["created"].as_array().unwrap().len(), 1, "{told}");
            assert_eq!(told["newState"], shown[at]);
            assert_ne!(hidden[at], shown[at]);
        }
        for told in changes(&bram, &shown).await {
            assert_eq!(told["created"], json!([]));
        }
        account.move_to(archive, &[Uid::MIN], inbox).await.unwrap();
        for told in changes(&bram, &shown).await {
            assert_eq!(told["destroyed"].as_array().unwrap().len(), 1, "{told}");
        }
    }
}
