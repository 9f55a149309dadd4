use super::*;

#[test]
fn of_so_many_domains_sessions_are_counted() {
    let engine = std::sync::Arc::new(store::memory::Memory::new(world::scripted::world().1));
    let world = world::scripted::world().0;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(store::Store::open(engine, world, store::Settings::default())).unwrap();
    let reports = TlsReports::new(store.records());
    let none = || Applied { kind: "no-policy-found".to_owned(), lines: Vec::new(), hosts: Vec::new() };
    let now = UnixTime::from_secs(1_767_225_600);
    for number in 0..=DOMAINS {
        reports.count(&format!("d{number}.example").parse().unwrap(), none(), None, now);
    }
    reports.count(&"d0.example".parse().unwrap(), none(), None, now);
    let counted = reports.lock();
    assert_eq!(counted.len(), DOMAINS);
    assert_eq!(counted[&(now.secs() / DAY, "d0.example".parse().unwrap())].0[&none()].good, 2);
}

#[test]
fn each_domain_has_its_own_moment() {
    let moments: std::collections::BTreeSet<u64> =
        (0..100).map(|number| delay(&format!("d{number}.example").parse().unwrap())).collect();
    assert!(moments.len() > 90 && moments.iter().all(|moment| *moment < SPREAD));
}
