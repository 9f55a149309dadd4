use super::*;
use proptest::prelude::*;

fn route(name: &str, recipients: &[&str], senders: &[&str], listeners: &[&str]) -> Route {
    Route {
        name: name.to_owned(),
        recipients: recipients.iter().map(|text| text.parse().unwrap()).collect(),
        senders: senders.iter().map(|text| text.parse().unwrap()).collect(),
        listeners: listeners.iter().map(|name| (*name).to_owned()).collect(),
        transport: Transport::Discard,
    }
}

fn way(sender: Option<&str>, listener: Option<&str>) -> Way {
    let sender_domain = sender.map(|domain| domain.parse().unwrap());
    Way { sender_domain, listener: listener.map(ToOwned::to_owned), reroute: None }
}

#[test]
fn the_first_that_fits_has_it() {
    let routes = Routes::new(vec![
        route("partner", &["partner.example", ".partner.example"], &[], &[]),
        route("news", &[], &["news.example"], &[]),
        route("reports", &[], &["<>"], &[]),
        route("old", &["far.example"], &[], &["relay"]),
        route("both", &[".far.example"], &["here.example"], &["relay", "submission"]),
        route("far", &["far.example"], &[], &[]),
        route("rest", &["*"], &[], &["submission"]),
    ]);
    let named = |domain: &str, sender, listener| {
        routes.first(&domain.parse().unwrap(), &way(sender, listener)).map(|route| route.name.clone())
    };
    for (domain, sender, listener, name) in [
        ("partner.example", Some("news.example"), None, Some("partner")),
        ("a.b.partner.example", None, None, Some("partner")),
        ("far.example", Some("news.example"), Some("relay"), Some("news")),
        ("far.example", None, Some("relay"), Some("reports")),
        ("far.example", Some("here.example"), Some("relay"), Some("old")),
        ("far.example", Some("here.example"), Some("submission"), Some("far")),
        ("a.far.example", Some("here.example"), Some("submission"), Some("both")),
        ("a.far.example", Some("else.example"), Some("submission"), Some("rest")),
        ("a.far.example", Some("else.example"), Some("relay"), None),
    ] {
        assert_eq!(named(domain, sender, listener).as_deref(), name, "{domain} {sender:?} {listener:?}");
    }
}

#[test]
fn mail_for_people_here_is_taken_by_name_only() {
    let routes = Routes::new(vec![
        route("all", &["*"], &[], &[]),
        route("news", &[], &["news.example"], &[]),
        route("lists", &["lists.here.example", "*"], &[], &[]),
        route("below", &[".branch.example"], &[], &[]),
    ]);
    for (domain, name) in
        [("here.example", None), ("lists.here.example", Some("lists")), ("a.branch.example", Some("below"))]
    {
        let found = routes.taking(&domain.parse().unwrap(), &way(Some("news.example"), None));
        assert_eq!(found.map(|route| route.name.clone()).as_deref(), name);
    }
}

#[test]
fn what_replaces_them_is_in_force_for_all_clones() {
    let routes = Routes::default();
    let clone = routes.clone();
    let domain = "far.example".parse().unwrap();
    assert!(clone.first(&domain, &Way::default()).is_none());
    assert!(routes.replace(vec![route("all", &[], &[], &[])]));
    let before = clone.first(&domain, &Way::default()).unwrap();
    assert!(!routes.replace(vec![route("all", &[], &[], &[])]), "the same are not put in their place");
    assert!(Arc::ptr_eq(&before, &clone.first(&domain, &Way::default()).unwrap()));
    let refuses = Route { transport: Transport::Refuse("no".to_owned()), ..route("all", &[], &[], &[]) };
    assert!(routes.replace(vec![refuses]) && routes.replace(vec![route("all", &[], &[], &[])]));
    assert_eq!(clone.first(&domain, &Way::default()).unwrap().name, "all");
}

proptest! {
    /// The index finds what a look at each in turn finds.
    #[test]
    fn the_index_is_the_order(picked in proptest::collection::vec((0..7_usize, 0..4_usize, 0..3_usize), 0..12), asked in 0..4_usize, by in 0..3_usize) {
        const RECIPIENTS: [&[&str]; 7] =
            [&[], &["*"], &["a.example"], &[".example"], &["b.a.example", "c.example"], &[".a.example", "a.example"], &["d.example"]];
        const SENDERS: [&[&str]; 4] = [&[], &["<>"], &["s.example"], &["*"]];
        const LISTENERS: [&[&str]; 3] = [&[], &["mx"], &["submission", "relay"]];
        let made = |(at, (to, from, by)): (usize, &(usize, usize, usize))| {
            route(&at.to_string(), RECIPIENTS[*to], SENDERS[*from], LISTENERS[*by])
        };
        let all: Vec<Route> = picked.iter().enumerate().map(made).collect();
        let domain: Domain = ["a.example", "b.a.example", "c.example", "example"][asked].parse().unwrap();
        let way = way([None, Some("s.example"), Some("t.example")][by], [None, Some("mx"), Some("relay")][by]);
        let is_meant = |route: &&Route| route.recipients.is_empty() || route.recipients.iter().any(|one| one.means(&domain));
        let expected = all.iter().filter(|route| route.fits(&way)).find(is_meant).map(|route| route.name.clone());
        let found = Routes::new(all).first(&domain, &way).map(|route| route.name.clone());
        prop_assert_eq!(found, expected);
    }
}
