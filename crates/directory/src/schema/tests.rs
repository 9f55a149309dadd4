use super::*;
use proptest::prelude::*;

fn account() -> Entry {
    Entry::Account(AccountRecord {
        id: AccountId(u64::MAX),
        address: "Anna@example.org".parse().unwrap(),
        name: "Anna de Vries".to_owned(),
        password: "{ARGON2ID}$argon2id$…".to_owned(),
        credential: 3,
        quota: Some(ByteSize::gib(5)),
        role: Role::ServiceDesk,
        suspended: Some("rekening".to_owned()),
        created: UnixTime::from_secs(1_767_225_600),
        forward: Some(Forward { targets: vec!["bram@elsewhere.example".parse().unwrap()], keep: true }),
        delegates: delegates(),
        held: Some("spam".to_owned()),
        send_once: true,
    })
}

fn alias() -> Entry {
    Entry::Alias(AliasRecord {
        address: "info@example.org".parse().unwrap(),
        targets: vec!["anna@example.org".parse().unwrap(), "\"a b\"@elsewhere.example".parse().unwrap()],
        created: UnixTime::default(),
        delegates: delegates(),
    })
}

fn delegates() -> Vec<Delegate> {
    vec![Delegate { account: AccountId(7), address: "bram@example.org".parse().unwrap() }]
}

fn domain() -> DomainRecord {
    DomainRecord {
        name: "example.org".parse().unwrap(),
        separator: Some('+'),
        catch_all: None,
        owner: Some("anna@example.org".parse().unwrap()),
        accounts: 300,
        aliases: 0,
        created: UnixTime::from_secs(5),
        alias_of: Some("example.net".parse().unwrap()),
    }
}

#[test]
fn reads_what_it_writes() {
    for entry in [account(), alias()] {
        assert_eq!(Entry::decode(&entry.encode()), Ok(entry));
    }
    assert_eq!(DomainRecord::decode(&domain().encode()), Ok(domain()));
}

#[test]
fn reads_what_earlier_releases_wrote() {
    let now = DomainRecord { alias_of: None, ..domain() };
    let bytes = now.encode();
    // version 1 ends before the alias
    let old = [&[1], &bytes[1..bytes.len() - 1]].concat();
    assert_eq!(DomainRecord::decode(&old), Ok(now));
    let Entry::Account(account) = account() else { panic!() };
    let bare = AccountRecord { delegates: Vec::new(), held: None, send_once: false, ..account };
    let now = Entry::Account(AccountRecord { forward: None, ..bare });
    let bytes = now.encode();
    // version 1 ends before the forward, version 2 before the delegates
    for (version, added) in [(1, 4), (2, 3)] {
        let old = [&[version], &bytes[1..bytes.len() - added]].concat();
        assert_eq!(Entry::decode(&old), Ok(now.clone()));
    }
    let Entry::Alias(alias) = alias() else { panic!() };
    let now = Entry::Alias(AliasRecord { delegates: Vec::new(), ..alias });
    let bytes = now.encode();
    for version in [1, 2] {
        assert_eq!(Entry::decode(&[&[version], &bytes[1..bytes.len() - 1]].concat()), Ok(now.clone()));
    }
}

#[test]
fn every_cut_and_every_other_version_is_an_error() {
    for bytes in [account().encode(), alias().encode()] {
        for end in 0..bytes.len() {
            assert_eq!(Entry::decode(&bytes[..end]), Err(Malformed));
        }
        assert_eq!(Entry::decode(&[&bytes[..], &[0]].concat()), Err(Malformed));
        assert_eq!(Entry::decode(&[&[ENTRY_VERSION + 1], &bytes[1..]].concat()), Err(Malformed));
    }
    let bytes = domain().encode();
    for end in 0..bytes.len() {
        assert_eq!(DomainRecord::decode(&bytes[..end]), Err(Malformed));
    }
}

#[test]
fn what_an_earlier_release_wrote_is_read() {
    let account = [&[1, 1, 7, 16][..], b"anna@example.org", &[0, 1], b"x", &[1, 0, 3, 0, 0]].concat();
    let Ok(Entry::Account(record)) = Entry::decode(&account) else { panic!("{:?}", Entry::decode(&account)) };
    assert_eq!((record.id, record.delegates.len(), record.held, record.send_once), (AccountId(7), 0, None, false));
    let alias = [&[1, 2, 16][..], b"info@example.org", &[1, 16], b"anna@example.org", &[0]].concat();
    let Ok(Entry::Alias(record)) = Entry::decode(&alias) else { panic!("{:?}", Entry::decode(&alias)) };
    assert_eq!((record.targets.len(), record.delegates), (1, Vec::new()));
}

#[test]
fn the_keys_on_disk() {
    let anna = FoldedAddress::of(&"Anna@example.org".parse().unwrap()).unwrap();
    assert_eq!(address_key(&anna), b"\x02example.org\0anna");
    assert_eq!(domain_key(&anna.domain), b"\x01example.org");
    assert_eq!(partition(&anna.domain).id, 0xd774_c9e7_8640_7d82);
    let range = address_keys(&anna.domain);
    assert!(range.from < address_key(&anna) && address_key(&anna) < range.to);
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Entry::decode(&bytes);
        let _ = DomainRecord::decode(&[&[1], &bytes[..]].concat());
    }
}
