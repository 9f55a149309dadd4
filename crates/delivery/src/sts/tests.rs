use super::*;
use std::sync::Arc;
use store::memory::Memory;
use transport::HttpsAnswer;
use transport::scripted::ScriptedWeb;
use world::scripted::{ScriptedClock, ScriptedDns};

const DAY: Duration = Duration::from_secs(86_400);

/// What the policy host answers.
type Says = Arc<Mutex<Result<HttpsAnswer, HttpsFault>>>;

struct Place {
    policies: Policies,
    web: Arc<ScriptedWeb>,
    says: Says,
    clock: Arc<ScriptedClock>,
    dns: Arc<ScriptedDns>,
    records: Records,
    world: World,
}

fn answer(status: u16, media_type: &str, body: &str) -> Result<HttpsAnswer, HttpsFault> {
    Ok(HttpsAnswer { status, media_type: media_type.to_owned(), location: None, body: body.as_bytes().to_vec() })
}

fn policy(mode: &str, days: u64) -> Result<HttpsAnswer, HttpsFault> {
    let text = format!("version: STSv1\nmode: {mode}\nmx: mx.far.example\nmax_age: {}\n", days * 86_400);
    answer(200, "text/plain", &text)
}

async fn place(says: Result<HttpsAnswer, HttpsFault>) -> Place {
    let (world, clock, dns) = world::scripted::world();
    dns.text("_mta-sts.far.example", b"v=STSv1; id=1");
    let says: Says = Arc::new(Mutex::new(says));
    let answers = says.clone();
    let web = Arc::new(ScriptedWeb::new(move |_| answers.lock().unwrap().clone()));
    let engine = Arc::new(Memory::new(clock.clone()));
    let store = store::Store::open(engine, world.clone(), store::Settings::default()).await.unwrap();
    let records = store.records();
    let policies = Policies::new(world.clone(), web.clone(), records.clone());
    Place { policies, web, says, clock, dns, records, world }
}

impl Place {
    fn says(&self, answer: Result<HttpsAnswer, HttpsFault>) {
        *self.says.lock().unwrap() = answer;
    }

    fn announce(&self, id: &str) {
        let record = format!("v=STSv1; id={id}");
        self.dns.remove("_mta-sts.far.example").text("_mta-sts.far.example", record.as_bytes());
    }

    async fn known(&self) -> Known {
        self.policies.of(&"far.example".parse().unwrap()).await.unwrap()
    }

    /// How many days the policy that holds has from its fetch on.
    async fn days(&self) -> Option<u64> {
        self.known().await.held.map(|held| held.policy.max_age.as_secs() / 86_400)
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_policy_is_told() {
    for (says, cause) in [
        (answer(404, "text/plain", ""), "the answer is 404"),
        (answer(301, "text/plain", ""), "the answer is 301"),
        (answer(200, "text/html", "version: STSv1\nmode: none\nmax_age: 1"), "it is no text/plain, but `text/html`"),
        (answer(200, "text/plain", "hello"), "line 1 is not `key: value`"),
        (Err(HttpsFault::TooLarge), "its answer is too large"),
        (Err(HttpsFault::Certificate(transport::CertificateFault::Name)), "the certificate is for another name"),
    ] {
        let place = place(says).await;
        let known = place.known().await;
        assert_eq!((known.held, known.unfetched.map(|fault| fault.to_string())), (None, Some(cause.to_owned())));
        assert_eq!((place.web.asked()[0].limit, place.web.asked()[0].timeout), (MAX_POLICY, FETCHING));
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_id_brings_a_new_policy() {
    let place = place(policy("enforce", 10)).await;
    assert_eq!(place.days().await, Some(10));
    place.says(policy("enforce", 20));
    place.clock.advance(ASKED_AGAIN).await;
    assert_eq!(place.days().await, Some(10), "the same id");
    place.announce("2");
    place.clock.advance(ASKED_AGAIN).await;
    assert_eq!((place.days().await, place.web.asked().len()), (Some(20), 2));
    // and one that asks for nothing is kept as such
    place.says(policy("none", 1));
    place.announce("3");
    place.clock.advance(ASKED_AGAIN).await;
    assert_eq!((place.days().await, place.web.asked().len()), (None, 3));
    place.clock.advance(ASKED_AGAIN).await;
    assert_eq!((place.days().await, place.web.asked().len()), (None, 3));
}

#[tokio::test(start_paused = true)]
async fn it_is_fetched_again_before_it_ends() {
    let place = place(policy("enforce", 10)).await;
    assert_eq!(place.days().await, Some(10));
    place.clock.advance(DAY * 6).await;
    assert_eq!((place.days().await, place.web.asked().len()), (Some(10), 2));
    // it holds from then on, and to its end where it cannot be fetched
    place.says(Err(HttpsFault::TimedOut));
    place.clock.advance(DAY * 9).await;
    assert_eq!((place.days().await, place.web.asked().len()), (Some(10), 3));
    place.clock.advance(DAY).await;
    assert_eq!(place.days().await, None);
}

#[tokio::test(start_paused = true)]
async fn what_is_kept_outlives_a_restart_and_is_swept_at_its_end() {
    let place = place(policy("enforce", 10)).await;
    assert_eq!(place.days().await, Some(10));
    place.dns.broken("_mta-sts.far.example");
    let again = Policies::new(place.world.clone(), Arc::new(ScriptedWeb::empty()), place.records.clone());
    let domain = "far.example".parse().unwrap();
    assert!(again.of(&domain).await.unwrap().held.is_some());
    again.sweep().await.unwrap();
    assert!(again.book.read(&domain).await.unwrap().is_some());
    place.clock.advance(DAY * 10).await;
    again.sweep().await.unwrap();
    assert_eq!(again.book.read(&domain).await.unwrap(), None);
}

#[tokio::test(start_paused = true)]
async fn of_so_many_domains_it_is_remembered() {
    let place = place(policy("enforce", 10)).await;
    for number in 0..=MOST {
        let domain = format!("d{number}.example").parse().unwrap();
        assert_eq!(place.policies.of(&domain).await.unwrap(), Known::default());
    }
    assert_eq!(place.policies.lock().len(), MOST);
    place.clock.advance(ASKED_AGAIN).await;
    assert_eq!(place.days().await, Some(10));
    assert_eq!(place.policies.lock().len(), 1);
}
