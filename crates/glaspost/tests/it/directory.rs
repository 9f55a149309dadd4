//! `domain`, `account` and `alias` on a stopped store.
use crate::program::golden;
use crate::provider::Provider;
use serde_json::json;

#[test]
fn domains_come_and_go() {
    let provider = Provider::new();
    assert!(provider.run(&["domain", "add", "example.nl"]).fails(73).contains("example.nl"));
    let added = provider.run(&["domain", "add", "b.example", "--no-details"]);
    added.ok();
    assert!(added.err.contains("undo: glaspost domain remove b.example"), "{}", added.err);
    golden("domain-list.txt", provider.run(&["domain", "list"]).ok());
    let list = provider.run(&["domain", "list", "--json"]).json();
    assert_eq!(list[0]["domain"], "b.example");
    assert_eq!(list[0]["separator"], json!(null));
    assert_eq!(provider.run(&["domain", "show", "example.nl", "--json"]).json()["separator"], "+");
    provider.run(&["domain", "remove", "b.example"]).ok();
    provider.run(&["domain", "show", "b.example"]).fails(67);
    provider.account("anna@example.nl");
    provider.run(&["domain", "remove", "example.nl"]).fails(65);
}

#[test]
fn an_account_lives() {
    let provider = Provider::new();
    let add =
        ["account", "add", "anna@example.nl", "--name", "Anna de Vries", "--quota", "5GiB", "--password-file", "-"];
    let added = provider.run_with(&add, "geheim genoeg\n");
    assert_eq!(added.ok(), "");
    assert!(added.err.contains("undo: glaspost account remove anna@example.nl"), "{}", added.err);
    provider.run_with(&add, "geheim genoeg\n").fails(73);
    provider.account("bram@example.nl");
    golden("account-list.txt", provider.run(&["account", "list"]).ok());

    let reason = "Het wachtwoord is gestolen";
    provider.run(&["account", "suspend", "anna@example.nl", "--reason", reason]).ok();
    let shown = provider.run(&["account", "show", "anna@example.nl", "--json"]).json();
    assert_eq!((&shown["suspended"], &shown["quota"]), (&json!(reason), &json!("5 GiB")));
    assert!(provider.run(&["account", "show", "anna@example.nl"]).ok().contains(reason));
    provider.run(&["account", "resume", "anna@example.nl"]).ok();
    provider.run(&["account", "quota", "anna@example.nl", "none"]).ok();
    let shown = provider.run(&["account", "show", "anna@example.nl", "--json"]).json();
    assert_eq!((&shown["suspended"], &shown["quota"], &shown["messages"]), (&json!(null), &json!(null), &json!(0)));

    let changed = provider
        .run_with(&["account", "password", "anna@example.nl", "--password-file", "-", "--json"], "een nieuw woord\n");
    assert_eq!(changed.json(), json!({ "ok": true, "act": "account password", "subject": "anna@example.nl" }));
    for act in ["show", "resume", "remove"] {
        let confirm = ["account", act, "zoe@example.nl", "--confirm", "zoe@example.nl"];
        let arguments = if act == "remove" { &confirm[..] } else { &confirm[..3] };
        assert!(provider.run(arguments).fails(67).contains("zoe@example.nl"));
    }
}

#[test]
fn passwords_are_no_arguments() {
    let provider = Provider::new();
    assert!(provider.run(&["account", "add", "anna@example.nl"]).fails(64).contains("--password-file"));
    provider.run(&["account", "add", "anna@example.nl", "--password", "geheim"]).fails(64);
    provider.run_with(&["account", "add", "anna@example.nl", "--password-file", "-"], "\n").fails(65);
    provider.run(&["account", "add", "anna@example.nl", "--password-file", "/does/not/exist"]).fails(66);
    assert_eq!(provider.run(&["account", "list", "--json"]).json(), json!([]));
}

#[test]
fn a_removal_names_the_account_twice() {
    let provider = Provider::new();
    provider.account("anna@example.nl");
    let asked = provider.run(&["account", "remove", "anna@example.nl"]);
    assert!(asked.fails(64).contains("--confirm anna@example.nl"));
    provider.run(&["account", "remove", "anna@example.nl", "--confirm", "bram@example.nl"]).fails(64);
    assert_eq!(provider.run(&["account", "list", "--json"]).json().as_array().unwrap().len(), 1);
    provider.run(&["account", "remove", "anna@example.nl", "--confirm", "anna@example.nl"]).ok();
    assert_eq!(provider.run(&["account", "list"]).ok(), "");
}

#[test]
fn aliases_come_and_go() {
    let provider = Provider::new();
    provider.account("anna@example.nl");
    provider.run(&["alias", "add", "info@example.nl", "anna@example.nl", "x@elsewhere.example"]).ok();
    provider.run(&["alias", "add", "anna@example.nl", "x@elsewhere.example"]).fails(73);
    golden("alias-list.txt", provider.run(&["alias", "list"]).ok());
    let list = provider.run(&["alias", "list", "--domain", "example.nl", "--json"]).json();
    assert_eq!(list[0]["targets"], json!(["anna@example.nl", "x@elsewhere.example"]));
    provider.run(&["alias", "remove", "info@example.nl"]).ok();
    provider.run(&["alias", "remove", "info@example.nl"]).fails(67);
    assert_eq!(provider.run(&["alias", "list", "--json"]).json(), json!([]));
}

const GOOD: &str = "address,password-or-hash,name,quota\n\
    anna@example.nl,{PLAIN-MD5}5f4dcc3b5aa765d61d8327deb882cf99,\"Vries, Anna de\",1GiB\n\
    bram@example.nl,een wachtwoord,Bram,\n";

#[test]
fn an_import_is_whole_and_can_be_repeated() {
    let provider = Provider::new();
    let file = provider.path("accounts.csv");
    std::fs::write(&file, GOOD).unwrap();
    let import = ["account", "import", file.to_str().unwrap(), "--json"];
    assert_eq!(provider.run(&import).json(), json!({ "created": 2, "existing": 0 }));
    assert_eq!(provider.run(&import).json(), json!({ "created": 0, "existing": 2 }));
    let list = provider.run(&["account", "list", "--json"]).json();
    assert_eq!((&list[0]["name"], &list[0]["quota"]), (&json!("Vries, Anna de"), &json!("1 GiB")));
}

#[test]
fn a_bad_line_is_named_and_nothing_is_applied() {
    let provider = Provider::new();
    let file = provider.path("accounts.csv");
    for (line, number) in [
        ("nonsense,x,,", 4),
        ("c@example.nl,{ODD}x,,", 4),
        ("c@example.nl,x,,many", 4),
        ("anna@example.nl,x,,", 4),
        ("c@elsewhere.example,x,,", 4),
    ] {
        std::fs::write(&file, format!("{GOOD}{line}\n")).unwrap();
        let refused = provider.run(&["account", "import", file.to_str().unwrap()]);
        let place = format!("{}: line {number}: ", file.display());
        assert!(refused.fails(65).contains(&place), "{line}: {}", refused.err);
    }
    assert!(provider.run_with(&["account", "import", "-"], "a,b\n").fails(65).contains("line 1"));
    provider.run(&["account", "import", "/does/not/exist.csv"]).fails(66);
    assert_eq!(provider.run(&["account", "list", "--json"]).json(), json!([]));
}
