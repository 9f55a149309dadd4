//! Domains, aliases, the queue, sizes, and who may do what.
use crate::place::{address, domain, place};
use admin::{
    AliasAct, Caller, DomainAct, Error, Permission, QueueAct, QueueChange, QueueFilter, Request, Response, Setting,
    StoreAct,
};
use directory::Role;
use journal::Event;
use names::Domain;

#[tokio::test]
async fn two_who_set_different_options_of_a_domain_at_once_both_have_their_way() {
    let place = place().await;
    let domain: Domain = "voorbeeld.nl".parse().unwrap();
    let add = DomainAct::Add { domain: domain.clone(), separator: None, catch_all: None, owner: None };
    assert_eq!(place.run(Request::Domain(add)).await, Ok(Response::Done));
    let set = |catch_all, owner| {
        let (domain, separator) = (domain.clone(), Setting::Stays);
        place.run(Request::Domain(DomainAct::Set { domain, separator, catch_all, owner }))
    };
    for number in 0..20 {
        let (one, other) = (address(&format!("a{number}@x.example")), address(&format!("b{number}@x.example")));
        let both = tokio::join!(
            set(Setting::Is(one.clone()), Setting::Stays),
            set(Setting::Stays, Setting::Is(other.clone()))
        );
        assert_eq!(both, (Ok(Response::Done), Ok(Response::Done)));
        let show = DomainAct::Show { domain: domain.clone() };
        let Response::Domain(view) = place.run(Request::Domain(show)).await.unwrap() else { panic!() };
        assert_eq!((view.catch_all, view.owner), (Some(one), Some(other)));
    }
}

#[tokio::test]
async fn domains_and_aliases() {
    let place = place().await;
    let other: Domain = "voorbeeld.nl".parse().unwrap();
    let add = || DomainAct::Add {
        domain: other.clone(),
        separator: None,
        catch_all: Some(address("x@elders.example")),
        owner: None,
    };
    assert_eq!(place.run(Request::Domain(add())).await, Ok(Response::Done));
    assert!(matches!(place.run(Request::Domain(add())).await, Err(Error::Exists(_))));
    let Response::Domain(view) = place.run(Request::Domain(DomainAct::Show { domain: other.clone() })).await.unwrap()
    else {
        panic!()
    };
    assert_eq!((view.separator, view.catch_all), (None, Some(address("x@elders.example"))));
    let Response::Domains { domains } = place.run(Request::Domain(DomainAct::List)).await.unwrap() else { panic!() };
    assert_eq!(domains.len(), 2);
    for (from, to) in [("info@example.org", "a@elders.example"), ("info@voorbeeld.nl", "b@elders.example")] {
        let act = AliasAct::Add { address: address(from), targets: vec![address(to)] };
        assert_eq!(place.run(Request::Alias(act)).await, Ok(Response::Done));
    }
    // A list over all domains goes from one to the next.
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let list = Request::Alias(AliasAct::List { domain: None, after });
        let Response::Aliases { aliases, next } = place.run(list).await.unwrap() else { panic!() };
        found.extend(aliases.into_iter().map(|alias| alias.address.to_string()));
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, ["info@example.org", "info@voorbeeld.nl"]);
    let one = Request::Alias(AliasAct::List { domain: Some(other.clone()), after: None });
    assert!(matches!(place.run(one).await.unwrap(), Response::Aliases { aliases, next: None } if aliases.len() == 1));
    let wrong = Request::Alias(AliasAct::List { domain: None, after: Some("x".to_owned()) });
    assert!(matches!(place.run(wrong).await, Err(Error::BadRequest(_))));
    let remove = Request::Domain(DomainAct::Remove { domain: other.clone() });
    assert!(matches!(place.run(remove.clone()).await, Err(Error::BadRequest(_))));
    let act = AliasAct::Remove { address: address("info@voorbeeld.nl") };
    assert_eq!(place.run(Request::Alias(act)).await, Ok(Response::Done));
    assert_eq!(place.run(remove.clone()).await, Ok(Response::Done));
    assert!(matches!(place.run(remove).await, Err(Error::NotFound(_))));
    let acts: Vec<String> = place
        .told
        .take()
        .into_iter()
        .map(|event| match event {
            Event::Act { by, act, subject, .. } => format!("{by}: {act} {subject}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        acts,
        [
            "test: domain add voorbeeld.nl",
            "test: alias add info@example.org",
            "test: alias add info@voorbeeld.nl",
            "test: alias remove info@voorbeeld.nl",
            "test: domain remove voorbeeld.nl",
        ]
    );
}

#[tokio::test]
async fn the_queue_and_the_sizes() {
    let place = place().await;
    let list = QueueAct::List { filter: QueueFilter::default(), after: None };
    assert_eq!(place.run(Request::Queue(list)).await, Ok(Response::Queue { entries: vec![], next: None }));
    let id = "q00000000000000000a".parse().unwrap();
    assert!(matches!(place.run(Request::Queue(QueueAct::Show { id })).await, Err(Error::NotFound(_))));
    let to = Some("relay.example".parse().unwrap());
    for (change, needs_reason) in [
        (QueueChange::Retry, false),
        (QueueChange::Release, false),
        (QueueChange::Hold, true),
        (QueueChange::Reroute { to }, true),
        (QueueChange::Remove, true),
    ] {
        let act = |reason: Option<&str>| {
            let (change, reason) = (change.clone(), reason.map(ToOwned::to_owned));
            place.run(Request::Queue(QueueAct::Change { id, change, reason }))
        };
        assert!(matches!(act(Some("x")).await, Err(Error::NotFound(_))));
        let without = act(None).await;
        assert_eq!(matches!(without, Err(Error::BadRequest(_))), needs_reason, "{change:?}");
        let filter = QueueFilter { sender: Some("x".to_owned()), ..QueueFilter::default() };
        let each = QueueAct::ChangeEach { filter, change: change.clone(), reason: "x".to_owned(), after: None };
        assert_eq!(place.run(Request::Queue(each)).await, Ok(Response::QueueChanged { messages: 0, next: None }));
        let these = |number: usize, reason: &str| {
            let (ids, filter, reason) = (vec![id; number], QueueFilter::default(), reason.to_owned());
            Request::Queue(QueueAct::ChangeThese { ids, filter, change: change.clone(), reason })
        };
        let none = Ok(Response::QueueChanged { messages: 0, next: None });
        assert_eq!(place.run(these(500, "x")).await, none);
        assert!(matches!(place.run(these(501, "x")).await, Err(Error::BadRequest(_))));
        assert!(matches!(place.run(these(1, "")).await, Err(Error::BadRequest(_))));
    }
    let nobody = QueueFilter { account: Some("nobody@example.org".parse().unwrap()), ..QueueFilter::default() };
    let list = QueueAct::List { filter: nobody, after: None };
    assert!(matches!(place.run(Request::Queue(list)).await, Err(Error::NotFound(_))));
    let Response::StoreStats(sizes) = place.run(Request::Store(StoreAct::Stats)).await.unwrap() else { panic!() };
    assert_eq!((sizes.domains, sizes.accounts), (1, 0));
    assert!(sizes.records > 0);
    let Response::Checked(report) = place.run(Request::Store(StoreAct::Check { bytes: true })).await.unwrap() else {
        panic!()
    };
    assert_eq!((report.domains, report.count, report.faults), (1, 0, vec![]));
    let nothing = Response::Compacted { emails: 0, blobs: 0, bytes: 0 };
    assert_eq!(place.run(Request::Store(StoreAct::Compact)).await, Ok(nothing));
}

#[tokio::test]
async fn who_may_do_what() {
    let place = place().await;
    let look = || Request::Domain(DomainAct::List);
    let help = || {
        let id = "q00000000000000000a".parse().unwrap();
        Request::Queue(QueueAct::Change { id, change: QueueChange::Retry, reason: None })
    };
    let operate = || Request::Domain(DomainAct::Remove { domain: domain() });
    assert_eq!(
        [look().permission(), help().permission(), operate().permission()],
        [Permission::Look, Permission::Help, Permission::Operate]
    );
    for (role, may) in [
        (Role::User, [false, false, false]),
        (Role::ServiceDesk, [true, true, false]),
        (Role::Owner, [true, true, true]),
    ] {
        let caller = Caller::staff("x@example.org", role);
        for (request, may) in [look(), help(), operate()].into_iter().zip(may) {
            let refused = matches!(place.admin.run(&caller, request).await, Err(Error::NotPermitted(_)));
            assert_eq!(refused, !may, "{role:?}");
        }
    }
}
