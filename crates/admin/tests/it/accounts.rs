//! Accounts, one at a time and many at once.
use crate::place::{Place, address, domain, place, secret};
use admin::{AccountAct, AccountView, AliasAct, Error, Request, Response, StoreAct};
use directory::{Attempt, LoginError, Role, Service};
use journal::Event;
use names::{AccountId, ByteSize, Secret};
use store::MailboxName;

fn add(text: &str, password: &str) -> Request {
    Request::Account(AccountAct::Add {
        address: address(text),
        password: secret(password),
        name: "Anna".to_owned(),
        quota: Some(ByteSize::gib(1)),
        role: Role::User,
    })
}

async fn show(place: &Place, text: &str) -> Result<AccountView, Error> {
    match place.run(Request::Account(AccountAct::Show { address: address(text) })).await? {
        Response::Account(view) => Ok(view),
        other => panic!("{other:?}"),
    }
}

async fn log_in(place: &Place, name: &str, password: &str) -> Result<(), LoginError> {
    let attempt = Attempt {
        name: name.to_owned(),
        password: Secret::new(password.to_owned()),
        from: "192.0.2.1".parse().unwrap(),
        service: Service::Imap,
        tls: true,
    };
    place.directory.login(attempt).await.map(|_| ())
}

async fn import(place: &Place, file: &str) -> Result<Response, Error> {
    place.run(Request::Account(AccountAct::Import { file: secret(file) })).await
}

#[tokio::test(start_paused = true)]
async fn the_life_of_an_account() {
    let place = place().await;
    assert_eq!(place.run(add("anna@example.org", "geheim")).await, Ok(Response::Done));
    assert!(matches!(place.run(add("Anna@example.org", "geheim")).await, Err(Error::Exists(_))));
    assert!(matches!(place.run(add("anna@elders.example", "geheim")).await, Err(Error::NotFound(_))));
    assert!(matches!(place.run(add("bram@example.org", "{MD4}00")).await, Err(Error::BadRequest(_))));
    assert!(matches!(place.run(add("bram@example.org", "")).await, Err(Error::WeakPassword { .. })));
    let view = show(&place, "anna@example.org").await.unwrap();
    assert_eq!((view.quota, view.used, view.messages), (Some(ByteSize::gib(1)), Some(ByteSize(0)), Some(0)));
    let home = place.store.account(view.id).await.unwrap();
    let mailboxes = home.mailboxes().await.unwrap();
    assert!(mailboxes.inbox().is_some() && mailboxes.named(&MailboxName::new("Sent").unwrap()).is_some());
    assert_eq!(log_in(&place, "anna", "geheim").await, Ok(()));

    let anna = || address("anna@example.org");
    let acts = [
        AccountAct::Password { address: anna(), password: secret("{PLAIN-MD5}e8636ea013e682faf61f56ce1cb1ab5c") },
        AccountAct::Suspend { address: anna(), reason: "rekening open".to_owned() },
        AccountAct::Quota { address: anna(), quota: Some(ByteSize::mib(5)) },
    ];
    for act in acts {
        assert_eq!(place.run(Request::Account(act)).await, Ok(Response::Done));
    }
    assert_eq!(
        log_in(&place, "anna", "geheim").await,
        Err(LoginError::Suspended { reason: "rekening open".to_owned() })
    );
    assert_eq!(home.quota().await.unwrap().limit, Some(5 << 20));
    assert_eq!(show(&place, "anna@example.org").await.unwrap().suspended.as_deref(), Some("rekening open"));
    let resume = AccountAct::Resume { address: anna() };
    assert_eq!(place.run(Request::Account(resume)).await, Ok(Response::Done));
    assert_eq!(log_in(&place, "anna", "geheim").await, Ok(()));
    let remove = || Request::Account(AccountAct::Remove { address: anna() });
    assert_eq!(place.run(remove()).await, Ok(Response::Done));
    assert!(matches!(place.run(remove()).await, Err(Error::NotFound(_))));
    assert!(place.store.account(view.id).await.is_err());
    let told = place.told.take();
    let act = |event: &Event| match event {
        Event::Act { act, .. } => act.to_string(),
        other => panic!("{other:?}"),
    };
    let acts: Vec<String> = told.iter().map(act).collect();
    assert_eq!(
        acts,
        ["account add", "account password", "account suspend", "account quota", "account resume", "account remove"]
    );
    assert!(!format!("{told:?}").contains("geheim"));
}

#[tokio::test]
async fn an_import_is_whole_and_can_be_repeated() {
    let place = place().await;
    let mut file = "address,password-or-hash,name,quota\n".to_owned();
    for number in 0..1200 {
        file.push_str(&format!("user{number}@example.org,{{PLAIN-MD5}}e8636ea013e682faf61f56ce1cb1ab5c,,1 GiB\n"));
    }
    file.push_str("anna@example.org,geheim,\"Vries, Anna de\",\n");
    assert_eq!(import(&place, &file).await, Ok(Response::Imported { created: 1201, existing: 0 }));
    assert_eq!(import(&place, &file).await, Ok(Response::Imported { created: 0, existing: 1201 }));
    file.push_str("bram@example.org,geheim,,\n");
    assert_eq!(import(&place, &file).await, Ok(Response::Imported { created: 1, existing: 1201 }));
    assert_eq!(place.directory.domain(&domain()).await.unwrap().unwrap().accounts, 1202);
    for name in ["anna", "bram", "user0", "user1199"] {
        assert_eq!(log_in(&place, name, "geheim").await, Ok(()), "{name}");
    }
    assert_eq!(show(&place, "anna@example.org").await.unwrap().name, "Vries, Anna de");
    // Every place in the store has its address.
    assert_eq!(place.homes().await, 1202);
    let mut listed = 0;
    let mut after = None;
    loop {
        let list = Request::Account(AccountAct::List { domain: None, after });
        let Response::Accounts { accounts, next } = place.run(list).await.unwrap() else { panic!() };
        listed += accounts.len();
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(listed, 1202);
}

#[tokio::test]
async fn a_bad_line_and_nothing_is_applied() {
    let place = place().await;
    let info = AliasAct::Add { address: address("info@example.org"), targets: vec![address("x@elders.example")] };
    assert_eq!(place.run(Request::Alias(info)).await, Ok(Response::Done));
    let good = "address,password-or-hash,name,quota\nanna@example.org,geheim,,\n";
    for (line, said) in [
        ("bram@elders.example,geheim,,", "line 3: no domain elders.example"),
        ("Anna@example.org,geheim,,", "line 3: Anna@example.org is on line 2 already"),
        ("info@example.org,geheim,,", "line 3: the address info@example.org is taken"),
        ("bram@example.org,{SSHA}geheim,,", "line 3: the SSHA hash is malformed: it is not base64"),
    ] {
        let error = import(&place, &format!("{good}{line}\n")).await.unwrap_err();
        assert_eq!(error.to_string(), said);
    }
    assert!(matches!(show(&place, "anna@example.org").await, Err(Error::NotFound(_))));
    let large = "x".repeat(admin::MAX_IMPORT + 1);
    assert!(matches!(import(&place, &large).await, Err(Error::BadRequest(_))));
}

#[tokio::test]
async fn an_import_that_was_cut_off_goes_on() {
    let place = place().await;
    let mut file = "address,password-or-hash,name,quota\n".to_owned();
    for number in 0..600 {
        file.push_str(&format!("user{number}@example.org,{{PLAIN-MD5}}e8636ea013e682faf61f56ce1cb1ab5c,,\n"));
    }
    place.memory.fail_next(Some(store::CommitError::NoSpace));
    let error = import(&place, &file).await.unwrap_err();
    assert!(error.to_string().contains("import the same file again"), "{error}");
    assert!(matches!(import(&place, &file).await, Ok(Response::Imported { created: 600, existing: 0 })));
    assert_eq!(place.homes().await, 600);
}

#[tokio::test]
async fn a_check_knows_what_holds_between_store_and_directory() {
    let place = place().await;
    for name in ["anna@example.org", "bram@example.org"] {
        assert_eq!(place.run(add(name, "geheim")).await, Ok(Response::Done));
    }
    let check = || async {
        match place.run(Request::Store(StoreAct::Check { bytes: false })).await.unwrap() {
            Response::Checked(view) => view,
            other => panic!("{other:?}"),
        }
    };
    let report = check().await;
    assert_eq!((report.accounts, report.domains, report.without_address, report.count), (2, 1, 0, 0), "{report:?}");
    // A place that an act left when it was cut off is no fault, an address without a place is one.
    place.store.create_account(AccountId(7), None, &[]).await.unwrap();
    let anna = show(&place, "anna@example.org").await.unwrap().id;
    place.store.delete_account(anna).await.unwrap();
    let report = check().await;
    assert_eq!((report.without_address, report.count), (1, 1));
    assert_eq!(report.faults, [format!("account {anna}: anna@example.org has no place in the store")]);
}

#[tokio::test]
async fn a_removal_that_is_cut_off_anywhere_leaves_nothing_half_and_is_repeated() {
    let remove = || Request::Account(AccountAct::Remove { address: address("anna@example.org") });
    for nth in 0.. {
        let place = place().await;
        assert_eq!(place.run(add("anna@example.org", "geheim")).await, Ok(Response::Done));
        (0..nth).for_each(|_| place.memory.fail_next(None));
        place.memory.fail_next(Some(store::CommitError::NoSpace));
        let removed = place.run(remove()).await;
        let Ok(Response::Checked(view)) = place.run(Request::Store(StoreAct::Check { bytes: false })).await else {
            panic!()
        };
        assert_eq!(view.count, 0, "the {nth}th commit: {:?}", view.faults);
        if removed.is_ok() {
            assert!(nth > 3, "{nth} commits remove an account");
            return;
        }
        assert_eq!(log_in(&place, "anna", "geheim").await.is_ok(), nth == 0, "the {nth}th commit");
        assert_eq!(place.run(remove()).await, Ok(Response::Done));
        assert_eq!(place.homes().await, 0, "the {nth}th commit");
        assert!(matches!(show(&place, "anna@example.org").await, Err(Error::NotFound(_))));
    }
}
