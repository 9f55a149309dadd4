use super::*;
use proptest::prelude::*;

#[test]
fn what_a_domain_announces() {
    for (texts, id) in [
        (&["v=STSv1; id=20160831085700Z;"][..], Some("20160831085700Z")),
        (&["v=STSv1;id=a"], Some("a")),
        (&["v=STSv1 ; x=1; id = 7 "], Some("7")),
        (&["v=spf1 -all", "v=STSv1; id=1"], Some("1")),
        (&[], None),
        (&["v=STSv1"], None),
        (&["v=STSv1;"], None),
        (&["v=STSv10; id=1"], None),
        (&["v=STSv10; id=1", "v=STSv1", "v=STSv1; id=2"], Some("2")),
        (&["V=STSv1; id=1"], None),
        (&[" v=STSv1; id=1"], None),
        (&["v=STSv1; id="], None),
        (&["v=STSv1; id=a-b"], None),
        (&["v=STSv1; id=012345678901234567890123456789012"], None),
        (&["v=STSv1; ID=1"], None),
        (&["v=STSv1; id=1", "v=STSv1; id=1"], None),
        (&["v=STSv1; id=\u{e9}"], None),
    ] {
        let texts: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        assert_eq!(announced(&texts).as_deref(), id, "{texts:?}");
    }
    assert_eq!(announced(&[b"v=STSv1; id=\xff".to_vec()]), None);
}

#[test]
fn the_policy_of_the_rfc() {
    let text = b"version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmx: backupmx.example.com\nmax_age: 604800\n";
    let policy = StsPolicy::parse(text).unwrap();
    assert_eq!((policy.mode, policy.max_age), (StsMode::Enforce, Duration::from_secs(604_800)));
    assert_eq!(policy.hosts, ["mail.example.com", "*.example.net", "backupmx.example.com"]);
    let with_crlf: Vec<u8> = String::from_utf8(text.to_vec()).unwrap().replace('\n', "\r\n").into_bytes();
    assert_eq!(StsPolicy::parse(&with_crlf), Ok(policy));
}

#[test]
fn what_is_a_policy_and_what_is_not() {
    for (text, result) in [
        ("version: STSv1\nmode: none\nmax_age: 0", Ok((StsMode::None, 0))),
        ("mode:testing\nmx:a.example\nmax_age:86400\nversion:STSv1", Ok((StsMode::Testing, 86_400))),
        ("version: STSv1\nmode: none\nmode: enforce\nmax_age: 1\nmax_age: x", Ok((StsMode::None, 1))),
        ("version: STSv1\nnew_key: a: b\nmode: none\n\n  \nmax_age: 9999999999", Ok((StsMode::None, MAX_AGE))),
        ("", Err(StsFault::Missing("version"))),
        ("version: STSv2\nmode: none\nmax_age: 1", Err(StsFault::Value("version"))),
        ("version: STSv1\nmax_age: 1", Err(StsFault::Missing("mode"))),
        ("version: STSv1\nmode: Enforce\nmax_age: 1", Err(StsFault::Value("mode"))),
        ("version: STSv1\nmode: enforce\nmax_age: 1", Err(StsFault::Missing("mx"))),
        ("version: STSv1\nmode: none", Err(StsFault::Missing("max_age"))),
        ("version: STSv1\nmode: none\nmax_age: -1", Err(StsFault::Value("max_age"))),
        ("version: STSv1\nmode: none\nmax_age: 12345678901", Err(StsFault::Value("max_age"))),
        ("version: STSv1\nmode: enforce\nmx: *\nmax_age: 1", Err(StsFault::Value("mx"))),
        ("version: STSv1\nmode: enforce\nmx: a.*.example\nmax_age: 1", Err(StsFault::Value("mx"))),
        ("<html>\n", Err(StsFault::Line(1))),
    ] {
        let parsed = StsPolicy::parse(text.as_bytes());
        let result = result.map(|(mode, age)| (mode, Duration::from_secs(age)));
        assert_eq!(parsed.map(|policy| (policy.mode, policy.max_age)), result, "{text}");
    }
    assert_eq!(StsPolicy::parse(b"version: STSv1\n\xff: x"), Err(StsFault::Line(2)));
}

#[test]
fn a_policy_has_limits() {
    let long = [b"version: STSv1\nmode: none\nmax_age: 1\n".to_vec(), vec![b'\n'; MAX_POLICY]].concat();
    assert_eq!(StsPolicy::parse(&long), Err(StsFault::TooLarge));
    assert!(StsPolicy::parse(&long[..MAX_POLICY]).is_ok());
    let many = format!("version: STSv1\nmode: enforce\nmax_age: 1\n{}", "mx: a.example\n".repeat(2_000));
    assert_eq!(StsPolicy::parse(many.as_bytes()).unwrap().hosts.len(), MAX_PATTERNS);
}

#[test]
fn which_hosts_a_policy_covers() {
    let text = b"version: STSv1\nmode: enforce\nmx: Mail.Example.com\nmx: *.example.net\nmax_age: 1";
    let policy = StsPolicy::parse(text).unwrap();
    for (host, covered) in [
        ("mail.example.com", true),
        ("MAIL.example.COM.", true),
        ("a.example.net", true),
        ("a.b.example.net", false),
        ("example.net", false),
        ("x.mail.example.com", false),
        ("mail.example.com.evil.example", false),
        ("", false),
    ] {
        assert_eq!(policy.covers(host), covered, "{host}");
    }
}

proptest! {
    #[test]
    fn nothing_panics(text in proptest::collection::vec(any::<u8>(), 0..400), host in ".{0,40}") {
        let _ = announced(std::slice::from_ref(&text));
        if let Ok(policy) = StsPolicy::parse(&text) {
            prop_assert!(policy.max_age <= Duration::from_secs(MAX_AGE));
            let _ = policy.covers(&host);
        }
    }
}
