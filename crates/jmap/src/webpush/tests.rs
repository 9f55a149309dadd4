//! What a push service is asked, and what becomes of its answers.
use super::encrypt::tests::{decrypt, device};
use crate::bench::Bench;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use store::Flags;
use tokio::time::sleep;
use transport::scripted::ScriptedWeb;
use transport::{HttpsAnswer, HttpsRequest};

/// A bench whose push service answers with this status.
async fn bench(status: &Arc<AtomicU16>) -> (Bench, Arc<ScriptedWeb>) {
    let status = Arc::clone(status);
    let web = Arc::new(ScriptedWeb::new(move |_: &HttpsRequest| {
        Ok(HttpsAnswer {
            status: status.load(Ordering::Relaxed),
            media_type: String::new(),
            location: None,
            body: Vec::new(),
        })
    }));
    let bench = Bench::with_web(web.clone()).await;
    let (pushing, jmap) = (bench.parts().pushing.clone(), bench.jmap.clone());
    tokio_util::task::TaskTracker::new().spawn(pushing.run(jmap));
    (bench, web)
}

async fn subscribe(bench: &Bench, keys: &Value) -> String {
    let object =
        json!({"deviceClientId": "d", "url": "https://push.example.net/x?y", "keys": keys, "types": ["Email"]});
    let mut response = bench.request(json!([["PushSubscription/set", {"create": {"k": object}}, "c"]])).await;
    let id = response["methodResponses"][0][1]["created"]["k"]["id"].take();
    sleep(Duration::from_secs(1)).await;
    id.as_str().unwrap().to_owned()
}

async fn verify(bench: &Bench, id: &str, code: &Value) -> Value {
    let arguments = json!({"update": {id: {"verificationCode": code}}});
    let mut response = bench.request(json!([["PushSubscription/set", arguments, "c"]])).await;
    sleep(Duration::from_secs(1)).await;
    response["methodResponses"][0][1].take()
}

/// The JSON of a message, which came as it is or encrypted.
fn read(request: &HttpsRequest) -> Value {
    let (media, body) = request.post.as_ref().unwrap();
    let text = if *media == "application/json" { body.clone() } else { decrypt(body) };
    serde_json::from_slice(&text).unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_device_is_asked_to_verify_itself_and_then_told_what_changes() {
    for keys in [Value::Null, device()] {
        let (bench, web) = bench(&Arc::new(AtomicU16::new(201))).await;
        let id = subscribe(&bench, &keys).await;
        let asked = web.asked();
        assert_eq!((asked.len(), asked[0].host.as_str(), asked[0].path.as_str()), (1, "push.example.net", "/x?y"));
        let verification = read(&asked[0]);
        assert_eq!(
            (&verification["@type"], &verification["pushSubscriptionId"]),
            (&"PushVerification".into(), &id.as_str().into())
        );
        let field =
            |name: &str| asked[0].fields.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone());
        assert!(field("Authorization").unwrap().starts_with("vapid t=") && field("TTL").is_some());
        assert_eq!(field("Content-Encoding").as_deref(), (!keys.is_null()).then_some("aes128gcm"));
        // nothing is pushed before
        bench.append("INBOX", "Subject: early\r\n\r\n", Flags::default()).await;
        sleep(Duration::from_secs(60)).await;
        assert_eq!(web.asked().len(), 1);
        assert!(verify(&bench, &id, &verification["verificationCode"]).await["updated"].get(&id).is_some());
        bench.append("INBOX", "Subject: told\r\n\r\n", Flags::default()).await;
        sleep(Duration::from_secs(60)).await;
        let asked = web.asked();
        assert_eq!(asked.len(), 2);
        let change = read(&asked[1]);
        assert_eq!(change["@type"], "StateChange");
        let state = bench.call("Email/get", json!({"ids": []})).await["state"].clone();
        assert_eq!(change["changed"], json!({bench.anna.account.to_string(): {"Email": state}}));
    }
}

#[tokio::test(start_paused = true)]
async fn what_changes_quickly_is_told_together_and_after_a_fault_again() {
    let status = Arc::new(AtomicU16::new(201));
    let (bench, web) = bench(&status).await;
    let id = subscribe(&bench, &Value::Null).await;
    let code = read(&web.asked()[0])["verificationCode"].clone();
    verify(&bench, &id, &code).await;
    for number in 0..20 {
        bench.append("INBOX", &format!("Subject: {number}\r\n\r\n"), Flags::default()).await;
        sleep(Duration::from_millis(10)).await;
    }
    sleep(Duration::from_secs(60)).await;
    let told = web.asked().len();
    assert!(told <= 4, "{told} messages");
    status.store(503, Ordering::Relaxed);
    bench.append("INBOX", "Subject: later\r\n\r\n", Flags::default()).await;
    sleep(Duration::from_secs(5)).await;
    assert_eq!(web.asked().len(), told + 1);
    status.store(201, Ordering::Relaxed);
    sleep(Duration::from_secs(60)).await;
    assert_eq!(web.asked().len(), told + 2);
}

#[tokio::test(start_paused = true)]
async fn what_a_push_service_does_not_know_goes() {
    let status = Arc::new(AtomicU16::new(201));
    let (bench, web) = bench(&status).await;
    let id = subscribe(&bench, &Value::Null).await;
    let code = read(&web.asked()[0])["verificationCode"].clone();
    verify(&bench, &id, &code).await;
    status.store(410, Ordering::Relaxed);
    bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
    sleep(Duration::from_secs(60)).await;
    let response = bench.request(json!([["PushSubscription/get", {"ids": null}, "c"]])).await;
    assert_eq!(response["methodResponses"][0][1]["list"], json!([]));
    assert!(bench.parts().store.pushed(None, 10).await.unwrap().is_empty(), "it is still looked after");
}

#[tokio::test(start_paused = true)]
async fn j20_another_password_ends_it() {
    let (bench, web) = bench(&Arc::new(AtomicU16::new(201))).await;
    let id = subscribe(&bench, &Value::Null).await;
    let code = read(&web.asked()[0])["verificationCode"].clone();
    verify(&bench, &id, &code).await;
    let password = directory::NewPassword::Plain(names::Secret::new("een heel ander".to_owned()));
    let password = bench.parts().directory.hash(password).await.unwrap();
    bench.parts().directory.set_password(&bench.anna.address, password).await.unwrap();
    let told = web.asked().len();
    bench.append("INBOX", "Subject: x\r\n\r\n", Flags::default()).await;
    sleep(Duration::from_secs(60)).await;
    assert_eq!(web.asked().len(), told);
    let response = bench.request(json!([["PushSubscription/get", {"ids": null}, "c"]])).await;
    assert_eq!(response["methodResponses"][0][1]["list"], json!([]));
}
