//! What holds for every request.
use crate::bench::Bench;
use crate::limits;
use jmap_wire::RequestError;
use serde_json::{Value, json};

async fn refused(bench: &Bench, body: Value) -> Value {
    let error = bench.jmap.answer(&bench.anna, body.to_string().as_bytes()).await.unwrap_err();
    match error {
        crate::Error::Request(error) => error.problem(),
        other @ (crate::Error::Store(_) | crate::Error::NotFound) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_capability_that_is_not_there_refuses_all() {
    let bench = Bench::new().await;
    let problem =
        refused(&bench, json!({"using": ["urn:ietf:params:jmap:core", "https://example.com/x"], "methodCalls": []}))
            .await;
    assert_eq!(problem["type"], "urn:ietf:params:jmap:error:unknownCapability");
    assert!(problem["detail"].as_str().unwrap().contains("https://example.com/x"));
}

#[tokio::test]
async fn j01_a_request_has_limits() {
    let bench = Bench::new().await;
    let calls = vec![json!(["Core/echo", {}, "a"]); limits::CALLS_IN_REQUEST + 1];
    let problem = refused(&bench, json!({"using": ["urn:ietf:params:jmap:core"], "methodCalls": calls})).await;
    assert_eq!((&problem["limit"], &problem["status"]), (&json!("maxCallsInRequest"), &json!(400)));
    let long = vec![b' '; limits::SIZE_REQUEST + 1];
    let error = bench.jmap.answer(&bench.anna, &long).await.unwrap_err();
    assert_eq!(error, RequestError::Limit("maxSizeRequest").into());
}

#[tokio::test]
async fn a_method_needs_its_capability() {
    let bench = Bench::new().await;
    for (using, name) in [(vec![], "Core/echo"), (vec!["urn:ietf:params:jmap:core"], "Core/nothing")] {
        let body = json!({"using": using, "methodCalls": [[name, {}, "a"]]});
        let response = bench.jmap.answer(&bench.anna, body.to_string().as_bytes()).await.unwrap();
        let response = serde_json::to_value(response).unwrap();
        assert_eq!(response["methodResponses"], json!([["error", {"type": "unknownMethod"}, "a"]]), "{name}");
    }
}

#[tokio::test]
async fn a_call_may_refer_to_an_earlier_one() {
    let bench = Bench::new().await;
    let response = bench
        .request(json!([
            ["Core/echo", {"list": [{"id": "x"}, {"id": "y"}]}, "a"],
            ["Core/echo", {"#ids": {"resultOf": "a", "name": "Core/echo", "path": "/list/*/id"}}, "b"],
            ["Core/echo", {"#ids": {"resultOf": "z", "name": "Core/echo", "path": "/list"}}, "c"]
        ]))
        .await;
    assert_eq!(response["methodResponses"][1], json!(["Core/echo", {"ids": ["x", "y"]}, "b"]));
    assert_eq!(response["methodResponses"][2][1]["type"], "invalidResultReference");
}

#[tokio::test]
async fn creation_ids_come_back_to_who_gave_his_own() {
    let bench = Bench::new().await;
    let ask = async |more: Value| {
        let mut body = json!({"using": ["urn:ietf:params:jmap:core"], "methodCalls": []});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let response = bench.jmap.answer(&bench.anna, body.to_string().as_bytes()).await.unwrap();
        serde_json::to_value(response).unwrap()
    };
    assert_eq!(ask(json!({"createdIds": {"k": "e1"}})).await["createdIds"], json!({"k": "e1"}));
    assert_eq!(ask(json!({})).await.get("createdIds"), None);
    let many: serde_json::Map<_, _> = (0..=limits::CREATED_IDS).map(|n| (format!("k{n}"), json!("e"))).collect();
    let problem = refused(&bench, json!({"using": [], "methodCalls": [], "createdIds": many})).await;
    assert_eq!(problem["type"], "urn:ietf:params:jmap:error:limit");
}

/// Answers that are repeated again and again do not fill the memory.
#[tokio::test]
async fn answers_have_a_limit_together() {
    let bench = Bench::new().await;
    let text = "x".repeat(3_000_000);
    let mut calls = vec![json!(["Core/echo", {"text": text}, "a"])];
    calls.extend((1..limits::CALLS_IN_REQUEST).map(
        |n| json!(["Core/echo", {"#text": {"resultOf": "a", "name": "Core/echo", "path": "/text"}}, n.to_string()]),
    ));
    let response = bench.request(Value::Array(calls)).await;
    let answers = response["methodResponses"].as_array().unwrap();
    assert_eq!(answers.len(), limits::CALLS_IN_REQUEST);
    assert_eq!(answers.last().unwrap()[1]["type"], "requestTooLarge");
    assert!(response.to_string().len() < limits::ANSWERS + limits::REFERENCES);
}

#[tokio::test]
async fn j07_an_account_that_is_not_shared_is_none() {
    let bench = Bench::new().await;
    for id in [bench.anna.account.to_string(), "a0000000000000009".to_owned(), "x".to_owned(), "0".to_owned()] {
        let id = jmap_wire::Id::try_from(id).unwrap();
        let context = crate::context::Context::new(bench.parts(), &bench.bram, Default::default());
        assert_eq!(context.account(&id).await.map(drop), Err(jmap_wire::MethodError::AccountNotFound), "{id}");
    }
}
