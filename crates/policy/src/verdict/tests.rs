use super::OwnNames;
use proptest::prelude::*;

fn own() -> OwnNames {
    ["mx.example.org", "example.org", "bücher.example", "host2.example.net"]
        .map(|name| name.parse().unwrap())
        .into_iter()
        .collect()
}

fn claimed(field: &str) -> bool {
    own().are_claimed_by(field.as_bytes())
}

#[test]
fn d05_what_bears_our_name_is_claimed() {
    for field in [
        "Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=bank.example\r\n",
        "authentication-RESULTS:MX.Example.ORG;none",
        "Authentication-Results : mx.example.org; none",
        "Authentication-Results\t \r\n : mx.example.org; none",
        "Authentication-\0Results: mx.example.org; none",
        "Authentication-Results: mx.example.org.; none",
        "Authentication-Results: mx.example.org 1; none",
        "Authentication-Results: mx.example.org (2) 2 ; none",
        "Authentication-Results:\r\n\tmx.example.org;\r\n\tdkim=pass",
        "Authentication-Results: (a (nested \\) one)) mx.example.org(b)1; none",
        "Authentication-Results: \"mx.example.org\"; none",
        "Authentication-Results: \"mx\\.example.org\" ; none",
        "Authentication-Results: example.org; none",
        "Authentication-Results: xn--bcher-kva.example; none",
        "Authentication-Results: BÜCHER.example; none",
        "Authentication-Results: ｍｘ.example。org; none",
        "Authentication-Results: host2.example.net1; none",
        // without results, and without anything that ends the name
        "Authentication-Results: mx.example.org",
        "Authentication-Results: mx.example.org dkim=pass header.d=bank.example",
        "Authentication-Results: mx.example.org, dkim=pass",
        "Authentication-Results: mx.example.org/dkim=pass",
    ] {
        assert!(claimed(field), "{field:?}");
    }
}

#[test]
fn d05_what_a_lenient_reader_could_take_for_ours_is_claimed() {
    for field in [
        // the name in a comment, before another name and before none
        "Authentication-Results: (mx.example.org) other.example; none",
        "Authentication-Results: (mx.example.org; dkim=pass",
        "Authentication-Results: \"mx.example.org; dkim=pass",
        "Authentication-Results: \"a; mx.example.org; dkim=pass\"; none",
        // a name that only some put together
        "Authentication-Results: mx.(x)example.org; none",
        "Authentication-Results: (mx.)example.org; none",
        "Authentication-Results: mx.\r\n example.\r\n org; none",
        "Authentication-Results: mx\\.example.org; none",
        "Authentication-Results: m\"x\".example.org 1; none",
        "Authentication-Results: mx.exa\0mple.org; none",
        "Authentication-Results: .mx.example.org; none",
        // empty segments, and what opens a comment for who knows no strings
        "Authentication-Results: ; mx.example.org; dkim=pass",
        "Authentication-Results: (c); \"\"; mx.example.org; dkim=pass",
        "Authentication-Results: \"(\" ;)mx.example.org; dkim=pass",
        "Authentication-Results: other mx.example.org; dkim=pass",
        // encoded words
        "Authentication-Results: =?us-ascii?Q?mx=2Eexample=2Eorg?=; dkim=pass",
        "Authentication-Results: =?utf-8?B?bXguZXhhbXBsZS5vcmc7IGRraW09cGFzcw==?=",
    ] {
        assert!(claimed(field), "{field:?}");
    }
    let long = "é".repeat(super::MAX_WORD);
    assert!(claimed(&format!("Authentication-Results: {long}.example; none")));
    let deep = "(".repeat(100_000);
    assert!(claimed(&format!("Authentication-Results: {deep} mx.example.org; none")));
}

#[test]
fn d05_what_others_say_stays() {
    for field in [
        "Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=example.org",
        "Authentication-Results: other.example; spf=pass smtp.helo=mx.example.org (mx.example.org)",
        "Authentication-Results: notmx.example.org; none",
        "Authentication-Results: mx.example.org.evil.example; none",
        "Authentication-Results: a.mx.example.org; none",
        "Authentication-Results: mx.example.orga; none",
        // as servers write it that leave their name out
        "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=bank.example; dkim=none",
        "Authentication-Results:",
        "Authentication-Results: ;;;",
        "Authentication-Results: (",
        "X-Authentication-Results: mx.example.org; none",
        "Authentication-Results-X: mx.example.org; none",
        "Subject: Authentication-Results: mx.example.org; none",
        "Authentication-Results",
        "",
        "Received: from a by mx.example.org",
        "ARC-Seal: i=1; d=mx.example.org",
    ] {
        assert!(!claimed(field), "{field:?}");
    }
    assert!(!OwnNames::default().are_claimed_by(b"Authentication-Results: mx.example.org; none"));
}

#[test]
fn d05_arc_and_spf() {
    for (field, ours) in [
        ("ARC-Authentication-Results: i=1; mx.example.org; dkim=pass", true),
        ("ARC-Authentication-Results: i = 1 (x) ;\r\n MX.example.org 1; none", true),
        ("arc-authentication-results :i=1;;mx.example.org;none", true),
        ("ARC-Authentication-Results: mx.example.org; i=1; none", true),
        ("ARC-Authentication-Results: i=1; list.example; spf=pass smtp.helo=mx.example.org", false),
        (
            "Received-SPF: pass (mx.example.org: domain of a@bank.example) receiver=mx.example.org; client-ip=192.0.2.1;",
            true,
        ),
        ("Received-SPF: pass (mx.example.org: domain of a@bank.example)", true),
        ("received-spf : Pass client-ip=192.0.2.1; Receiver = \"mx.example.org\"", true),
        ("Received-SPF: pass receiver(x)=(y)mx.example.org", true),
        (
            "Received-SPF: pass (list.example: domain of a@example.org) receiver=list.example; helo=mx.example.org",
            false,
        ),
        ("Received-SPF: pass", false),
    ] {
        assert_eq!(claimed(field), ours, "{field:?}");
    }
}

#[test]
fn ours_is_what_the_grammar_says() {
    for (value, ours) in [
        (" mx.example.org; spf=pass", true),
        ("MX.EXAMPLE.ORG;none", true),
        ("\r\n\t(c)mx.example.org(v) 1 (w);none", true),
        ("\"mx\\.example.org\"; none", true),
        ("bücher.example; none", true),
        ("mx.example.org 2; none", false),
        ("mx.example.org", false),
        ("mx.example.org dkim=pass; none", false),
        ("(mx.example.org); none", false),
        ("(mx.example.org; none", false),
        ("\"mx.example.org; none", false),
        ("other.example; none", false),
        ("=?utf-8?q?mx=2Eexample=2Eorg?=; none", false),
        ("; none", false),
        ("", false),
    ] {
        assert_eq!(own().vouch_for(value.as_bytes()), ours, "{value:?}");
    }
}

proptest! {
    /// Who is believed never stays in a message from outside.
    #[test]
    fn what_is_ours_is_claimed(value in "([ ();\"\\\\=?.12aA\r\n]|mx|example|org|mx\\.example\\.org){0,12}") {
        let field = format!("Authentication-Results:{value}");
        prop_assert!(!own().vouch_for(value.as_bytes()) || claimed(&field), "{field:?}");
    }

    /// However the name is hidden among blanks and comments.
    #[test]
    fn a_name_with_things_around_it_is_claimed(
        before in "([ \t]|\r\n |\\([a-z;\"]{0,4}\\)){0,4}", after in "([ \t]|\r\n |\\([a-z;\"]{0,4}\\)|1){0,4}", quoted: bool,
    ) {
        let name = if quoted { "\"mx.example.org\"" } else { "mx.example.org" };
        let field = format!("Authentication-Results:{before}{name}{after}; dkim=pass");
        prop_assert!(claimed(&field), "{field:?}");
    }
}
