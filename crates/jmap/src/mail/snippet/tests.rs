//! Snippets as a client meets them.
use crate::bench::Bench;
use serde_json::{Value, json};
use store::Flags;

#[tokio::test]
async fn snippets_show_what_was_found() {
    let bench = Bench::new().await;
    let text = format!("Subject: The foo & the bar\n\n{} here is Foo, <there>\n", "before ".repeat(60));
    let both = bench.append("INBOX", &text, Flags::default()).await.to_string();
    let html = "Subject: other\nContent-Type: text/html\n\n<p>A <b>foo</b> in HTML</p>\n";
    let html = bench.append("INBOX", html, Flags::default()).await.to_string();
    let none = bench.append("INBOX", "Subject: none\n\nnothing\n", Flags::default()).await.to_string();
    let get = async |filter: Value| {
        bench.call("SearchSnippet/get", json!({"filter": filter, "emailIds": [&both, &html, &none, "e7777"]})).await
    };
    let told = get(json!({"text": "FOO"})).await;
    let list = &told["list"];
    assert_eq!(list[0]["subject"], "The <mark>foo</mark> &amp; the bar");
    let preview = list[0]["preview"].as_str().unwrap();
    assert!(preview.ends_with("here is <mark>Foo</mark>, &lt;there&gt;"), "{preview}");
    assert_eq!(list[1], json!({"emailId": html, "subject": null, "preview": "A <mark>foo</mark> in HTML"}));
    assert_eq!(list[2], json!({"emailId": none, "subject": null, "preview": null}));
    assert_eq!(told["notFound"], json!(["e7777"]));
    // each only where it was looked for, and nothing of what must not be there
    let subject = get(json!({"subject": "foo"})).await;
    assert_eq!(subject["list"][0]["preview"], Value::Null);
    let not = get(json!({"operator": "NOT", "conditions": [{"text": "foo"}]})).await;
    assert_eq!(not["list"][0]["subject"], Value::Null);
    let none = bench.call("SearchSnippet/get", json!({"emailIds": [both]})).await;
    assert_eq!((&none["list"][0]["subject"], &none["notFound"]), (&Value::Null, &Value::Null));
    assert_eq!(
        bench.call("SearchSnippet/get", json!({"filter": {"what": 1}, "emailIds": []})).await["type"],
        "unsupportedFilter"
    );
    assert_eq!(bench.call("SearchSnippet/get", json!({"filter": {"text": "a"}})).await["type"], "invalidArguments");
}
