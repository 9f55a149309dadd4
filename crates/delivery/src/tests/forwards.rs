//! Mail that an address here sends on: in a name of ours that stands for its sender (SRS), which leads back to him.
use super::bench::{Bench, HOUR, account};
use crate::{Notify, Origin, Refused};
use std::time::Duration;

const TEXT: &str = "Subject: a\r\n\r\nb\r\n";
const DAY: Duration = Duration::from_secs(86_400);

/// What stood in MAIL, without its parameters.
fn sender(mail: &str) -> &str {
    mail.split(['<', '>']).nth(1).unwrap()
}

/// A message from far.example that an alias sends on to other.example; gives in whose name it goes.
async fn sent_on(bench: &Bench) -> String {
    bench.alias("club", &["y@other.example"]);
    let other = bench.domain("other.example", "192.0.2.2");
    bench.run().rest().await;
    bench.send(Origin::Internet, "piet@far.example", &["club@here.example"], TEXT).await;
    bench.rest().await;
    let took = other.took();
    assert_eq!((took.len(), took[0].rcpt.as_slice()), (1, &["RCPT TO:<y@other.example>".to_owned()][..]));
    sender(&took[0].mail).to_owned()
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_on_goes_in_a_name_of_ours_and_its_report_finds_the_sender() {
    let bench = Bench::new().await;
    let far = bench.domain("far.example", "192.0.2.1");
    let name = sent_on(&bench).await;
    assert!(name.starts_with("SRS0=") && name.ends_with("=far.example=piet@here.example"), "{name}");
    // the other server gives it up later, and says so to that name
    bench.send(Origin::Internet, "", &[&name], "Subject: failed\r\n\r\n").await;
    bench.rest().await;
    let took = far.took();
    assert_eq!((took.len(), sender(&took[0].mail)), (1, ""));
    assert_eq!(took[0].rcpt, ["RCPT TO:<piet@far.example>"]);
}

#[tokio::test(start_paused = true)]
async fn such_a_name_is_no_way_to_others_and_does_not_hold_for_ever() {
    let bench = Bench::new().await;
    bench.domain("far.example", "192.0.2.1");
    let name = sent_on(&bench).await;
    let null = Bench::sender(Origin::Internet, "");
    let ask = async |name: &str| bench.recipient(&null, name, Notify::default()).await.map(|_| ());
    for forged in
        [name.replace("piet", "jan"), name.replace("far.example", "bad.example"), name.replace("SRS0", "SRS1")]
    {
        assert_eq!(ask(&forged).await, Err(Refused::Unknown), "{forged}");
    }
    assert_eq!(ask(&name.replace("here.example", "elsewhere.example")).await, Err(Refused::RelayingDenied));
    assert_eq!(ask(&name).await, Ok(()));
    bench.clock.advance(DAY * 21).await;
    assert_eq!(ask(&name).await, Ok(()));
    bench.clock.advance(DAY).await;
    assert_eq!(ask(&name).await, Err(Refused::Unknown));
}

#[tokio::test(start_paused = true)]
async fn who_sends_from_here_or_to_there_himself_keeps_his_name() {
    let bench = Bench::new().await;
    bench.alias("club", &["y@other.example", "bram"]);
    let other = bench.domain("other.example", "192.0.2.2");
    bench.run().rest().await;
    for (origin, from, to) in [
        (Origin::Submission, "anna@here.example", &["club@here.example"][..]),
        (Origin::Internet, "", &["club@here.example"]),
        // a customer's message to the same address by itself and by the alias goes once, in his name
        (Origin::Relay, "piet@far.example", &["club@here.example", "y@other.example"]),
    ] {
        bench.send(origin, from, to, TEXT).await;
        bench.rest().await;
        assert_eq!(sender(&other.took().last().unwrap().mail), from);
    }
    assert_eq!((other.took().len(), bench.homes.count(account("bram"))), (3, 3));
}

#[tokio::test(start_paused = true)]
async fn a_name_outlives_the_process_and_our_own_report_goes_to_the_sender() {
    let bench = Bench::new().await;
    bench.domain("far.example", "192.0.2.1");
    let name = sent_on(&bench).await;
    // what looks after the store from time to time has done so
    bench.advance(HOUR).await;
    let bench = bench.restart().await;
    bench.run().rest().await;
    let far = bench.servers.server("192.0.2.1");
    let null = Bench::sender(Origin::Internet, "");
    assert!(bench.recipient(&null, &name, Notify::default()).await.is_ok());
    // the other server refuses it at once: then it is we who report
    bench.alias("club", &["no@other.example"]);
    bench.send(Origin::Internet, "piet@far.example", &["club@here.example"], TEXT).await;
    bench.advance(HOUR).await;
    let took = far.took();
    assert_eq!((took.len(), took[0].rcpt.as_slice()), (1, &["RCPT TO:<piet@far.example>".to_owned()][..]));
}
