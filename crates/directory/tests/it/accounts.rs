//! Domains, accounts and aliases are made, changed and removed.
use crate::place::{address, domain, new_account, place};
use directory::{Account, DomainOptions, Error, NewPassword, PasswordHash, Role};
use names::{AccountId, ByteSize, Secret};

#[tokio::test]
async fn a_domain_comes_and_goes() {
    let place = place().await;
    let other = "voorbeeld.nl".parse().unwrap();
    let options = DomainOptions { separator: Some('-'), catch_all: Some(address("anna@example.org")), owner: None };
    place.directory.add_domain(&other, options.clone()).await.unwrap();
    assert_eq!(
        place.directory.add_domain(&other, DomainOptions::default()).await,
        Err(Error::DomainExists(other.clone()))
    );
    let names: Vec<_> = place.directory.domains().await.unwrap().into_iter().map(|domain| domain.name).collect();
    assert_eq!(names, [domain(), other.clone()]);
    assert_eq!(place.directory.domain(&other).await.unwrap().unwrap().options, options);
    place.directory.change_domain(&other, |_| DomainOptions::default()).await.unwrap();
    assert_eq!(place.directory.domain(&other).await.unwrap().unwrap().options, DomainOptions::default());
    for separator in ['a', '1', '.', '@', '"', ' ', 'é'] {
        let options = DomainOptions { separator: Some(separator), ..DomainOptions::default() };
        assert_eq!(place.directory.change_domain(&other, |_| options.clone()).await, Err(Error::BadSeparator));
    }
    place.account(1, "bram@voorbeeld.nl").await;
    place.directory.add_alias(&address("info@voorbeeld.nl"), vec![address("x@elders.example")]).await.unwrap();
    let not_empty = Error::DomainNotEmpty { domain: other.clone(), accounts: 1, aliases: 1 };
    assert_eq!(place.directory.remove_domain(&other).await, Err(not_empty));
    place.directory.remove_account(&address("bram@voorbeeld.nl")).await.unwrap();
    place.directory.remove_alias(&address("info@voorbeeld.nl")).await.unwrap();
    place.directory.remove_domain(&other).await.unwrap();
    assert_eq!(place.directory.domain(&other).await, Ok(None));
    assert_eq!(place.directory.remove_domain(&other).await, Err(Error::NoSuchDomain(other)));
}

#[tokio::test]
async fn an_address_is_given_once() {
    let place = place().await;
    place.account(1, "Anna@example.org").await;
    let hash = place.hash("anders").await;
    let again = place.directory.add_account(new_account(2, "aNNa@example.org", hash.clone())).await;
    assert_eq!(again.unwrap_err(), Error::AddressTaken(address("aNNa@example.org")));
    let alias = place.directory.add_alias(&address("anna@example.org"), vec![address("x@y.example")]).await;
    assert_eq!(alias.unwrap_err(), Error::AddressTaken(address("anna@example.org")));
    for (text, error) in [
        ("anna@elders.example", Error::NoSuchDomain("elders.example".parse().unwrap())),
        ("\"a b\"@example.org", Error::BadAddress(address("\"a b\"@example.org"))),
    ] {
        assert_eq!(place.directory.add_account(new_account(3, text, hash.clone())).await.unwrap_err(), error);
    }
    assert_eq!(place.directory.account(&address("anna@example.org")).await.unwrap().id, AccountId(1));
    // Of twenty at once, one gets it.
    let made = futures_util::future::join_all(
        (10..30).map(|id| place.directory.add_account(new_account(id, "bram@example.org", hash.clone()))),
    );
    assert_eq!(made.await.iter().filter(|made| made.is_ok()).count(), 1);
    assert_eq!(place.directory.domain(&domain()).await.unwrap().unwrap().accounts, 2);
}

#[tokio::test]
async fn an_account_changes() {
    let place = place().await;
    let anna = address("anna@example.org");
    let hash = place.hash("geheim").await;
    let mut new = new_account(1, "anna@example.org", hash);
    new.name = "Anna de Vries".to_owned();
    new.quota = Some(ByteSize::gib(2));
    new.role = Role::Owner;
    place.directory.add_account(new).await.unwrap();
    place.directory.suspend(&anna, "rekening open").await.unwrap();
    place.directory.set_quota(&anna, None).await.unwrap();
    let account = place.directory.account(&anna).await.unwrap();
    let expected = Account {
        id: AccountId(1),
        address: anna.clone(),
        name: "Anna de Vries".to_owned(),
        credential: 1,
        quota: None,
        role: Role::Owner,
        suspended: Some("rekening open".to_owned()),
        forward: None,
        created: account.created,
        held: None,
        send_once: false,
    };
    assert_eq!(account, expected);
    place.directory.resume(&anna).await.unwrap();
    assert_eq!(place.directory.account(&anna).await.unwrap().suspended, None);
    assert_eq!(place.directory.suspend(&anna, "a\nb").await, Err(Error::BadText));
    let (removed, _) = place.directory.remove_account(&anna).await.unwrap();
    assert_eq!(removed.id, AccountId(1));
    assert_eq!(place.directory.account(&anna).await, Err(Error::NoSuchAccount(anna.clone())));
    assert_eq!(place.directory.resume(&anna).await, Err(Error::NoSuchAccount(anna)));
}

#[tokio::test]
async fn a_batch_can_be_repeated() {
    let place = place().await;
    let hash = place.hash("geheim").await;
    let batch = |from: u64, to: u64| -> Vec<_> {
        (from..to).map(|id| new_account(id, &format!("user{id}@example.org"), hash.clone())).collect()
    };
    let (receipt, taken) = place.directory.add_accounts(&domain(), batch(0, 1500)).await.unwrap();
    assert!(receipt.is_some() && taken.is_empty());
    let (receipt, taken) = place.directory.add_accounts(&domain(), batch(1000, 1600)).await.unwrap();
    assert_eq!((receipt.is_some(), taken), (true, (0..500).collect()));
    let (receipt, taken) = place.directory.add_accounts(&domain(), batch(0, 2)).await.unwrap();
    assert_eq!((receipt, taken), (None, vec![0, 1]));
    let mut addresses = Vec::new();
    let mut after = None;
    loop {
        let page = place.directory.accounts(&domain(), after.as_ref()).await.unwrap();
        addresses.extend(page.accounts.into_iter().map(|account| account.address));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(addresses.len(), 1600);
    assert!(addresses.is_sorted_by_key(|address| address.local().clone()));
    // A name that is twice in one batch is made once.
    let twice = vec![new_account(5000, "bram@example.org", hash.clone()), new_account(5001, "Bram@example.org", hash)];
    assert_eq!(place.directory.add_accounts(&domain(), twice).await.unwrap().1, [1]);
}

#[tokio::test]
async fn aliases_are_listed_beside_accounts() {
    let place = place().await;
    place.account(1, "anna@example.org").await;
    let info = address("info@example.org");
    let targets = vec![address("anna@example.org"), address("x@elders.example")];
    place.directory.add_alias(&info, targets.clone()).await.unwrap();
    assert_eq!(place.directory.alias(&info).await.unwrap().targets, targets);
    let page = place.directory.aliases(&domain(), None).await.unwrap();
    assert_eq!((page.aliases.len(), page.next), (1, None));
    assert_eq!(place.directory.accounts(&domain(), None).await.unwrap().accounts.len(), 1);
    assert_eq!(place.directory.add_alias(&info, vec![]).await, Err(Error::BadTargets));
    let many = (0..1001).map(|n| address(&format!("u{n}@elders.example"))).collect();
    assert_eq!(place.directory.add_alias(&address("all@example.org"), many).await, Err(Error::BadTargets));
    assert!(matches!(place.directory.remove_account(&info).await, Err(Error::NoSuchAccount(_))));
    assert!(matches!(place.directory.remove_alias(&address("anna@example.org")).await, Err(Error::NoSuchAlias(_))));
    place.directory.remove_alias(&info).await.unwrap();
    assert_eq!(place.directory.alias(&info).await, Err(Error::NoSuchAlias(info)));
}

#[tokio::test]
async fn what_fails_leaves_nothing_behind() {
    let place = place().await;
    let hash = place.hash("geheim").await;
    let new = || new_account(1, "anna@example.org", hash.clone());
    place.memory.full(true);
    assert_eq!(place.directory.add_account(new()).await, Err(Error::NoSpace));
    assert!(matches!(place.directory.account(&address("anna@example.org")).await, Err(Error::NoSuchAccount(_))));
    place.memory.full(false);
    place.directory.add_account(new()).await.unwrap();
    place.memory.fail_sync();
    let failed = place.directory.suspend(&address("anna@example.org"), "x").await;
    assert!(matches!(failed, Err(Error::Unavailable(_))), "{failed:?}");
    for password in ["", &"x".repeat(1025)] {
        let plain = NewPassword::Plain(Secret::new(password.to_owned()));
        assert!(matches!(place.directory.hash(plain).await, Err(Error::BadPassword)));
    }
    let taken = PasswordHash::parse("$1$abc$ZAfLRk1aHF/.QlC7ixD3f.").unwrap();
    assert_eq!(place.directory.hash(NewPassword::Hash(taken.clone())).await.unwrap().as_str(), taken.as_str());
}
