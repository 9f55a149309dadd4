//! The table of all methods.
use crate::mail::{email, identity, mailbox, mdn, snippet, submission, thread, vacation};
use crate::method::Method;
use crate::{account, blob, contacts, core, quota, sharing};

/// Every method, folder by folder.
const ALL: &[&[Method]] = &[
    core::METHODS,
    blob::METHODS,
    quota::METHODS,
    mailbox::METHODS,
    thread::METHODS,
    email::METHODS,
    snippet::METHODS,
    identity::METHODS,
    submission::METHODS,
    mdn::METHODS,
    vacation::METHODS,
    contacts::METHODS,
    sharing::METHODS,
    account::METHODS,
];

/// Every method.
pub(crate) fn all() -> impl Iterator<Item = &'static Method> {
    ALL.iter().flat_map(|folder| folder.iter())
}

/// The method of a name.
pub(crate) fn named(name: &str) -> Option<&'static Method> {
    all().find(|method| method.name == name)
}

#[cfg(test)]
mod tests {
    use super::all;
    use crate::bench::Bench;
    use serde_json::{Value, json};
    use std::collections::BTreeSet;

    #[test]
    fn a_name_stands_once() {
        let names: BTreeSet<_> = all().map(|method| method.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.iter().all(|name| name.split('/').count() == 2), "{names:?}");
    }

    /// Arguments with which a call of that name is answered, but for its account.
    fn arguments(name: &str, own: &str) -> Value {
        match name.split('/').next_back().unwrap() {
            "get" if name == "SearchSnippet/get" => json!({"emailIds": [], "filter": {"text": "x"}}),
            "get" => json!({"ids": []}),
            "changes" => json!({"sinceState": "1-0"}),
            "queryChanges" => json!({"sinceQueryState": "1-0"}),
            "lookup" => json!({"typeNames": [], "ids": []}),
            "parse" => json!({"blobIds": []}),
            "import" => json!({"emails": {}}),
            "copy" if name == "Blob/copy" => json!({"fromAccountId": own, "blobIds": []}),
            "copy" => json!({"fromAccountId": own, "create": {}}),
            "send" => json!({"identityId": "oa"}),
            _ => json!({}),
        }
    }

    /// An account that is not shared is answered as one that is not there, by every method that has an account.
    #[tokio::test]
    async fn j07_no_method_tells_of_an_account_that_is_not_shared() {
        let bench = Bench::new().await;
        let (anna, bram) = (bench.anna.account.to_string(), bench.bram.account.to_string());
        for method in all().filter(|method| method.name != "Core/echo" && !method.name.starts_with("PushSubscription/"))
        {
            let mut own = arguments(method.name, &anna);
            own["accountId"] = bram.clone().into();
            for account in [anna.as_str(), "a00000000000000ff", "x"] {
                let mut told = arguments(method.name, &bram);
                told["accountId"] = account.into();
                let answer = bench.as_bram().call(method.name, told).await;
                assert_eq!(answer, json!({"type": "accountNotFound"}), "{} {account}", method.name);
            }
            if method.name.ends_with("/copy") {
                let answer = bench.as_bram().call(method.name, own).await;
                assert_eq!(answer, json!({"type": "fromAccountNotFound"}), "{}", method.name);
            }
        }
    }
}
