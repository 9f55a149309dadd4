use super::*;
use world::scripted::SeededRandom;

/// Made by `doveadm pw`, `openssl passwd` and crypt(3) of glibc.
#[rustfmt::skip]
const GOOD: &[(&str, &str)] = &[
    ("geheim wachtwoord", "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$mljm5zWFMwfnyPWJbWkxJw$axNJbHXrQp/n+F8WUDZssN36GE5lZ0TOXUMPtdt5XA8"),
    ("geheim wachtwoord", "{SHA512-CRYPT}$6$Sd4.vE96WHvDI5Qm$3NTP7p1i7MbDj.ABmQgBbP2Ms1iEDE.EW0pl3VzhLywQyCaRpkQLEXm9PsJBvi2skuJyYIE4qkZfBjuNlFXPY1"),
    ("geheim wachtwoord", "{SHA256-CRYPT}$5$680YK9f3EIerk7xs$Xy5lXsOwclUi1BPCaRSVONX32kanJRmQoM4DxG8l9w0"),
    ("geheim wachtwoord", "{BLF-CRYPT}$2y$05$sglzw3R4/UnlJ.aLFRF3iem/m.T3.9n81xLLL8ciPm2f5BEC6vcoe"),
    ("geheim wachtwoord", "{SSHA}1MAegCQizTzI0vjEWAYQ1UoIvE6u8dzY"),
    ("geheim wachtwoord", "{SSHA256}vtqhqzSnoxngaweYW/JVv7oocO3i4g9WDzoSTYUcv/6GgboG"),
    ("geheim wachtwoord", "{SSHA512}dX7HQI9UYf5/1S1L7jo9g2p0cZZ5UEWPGEehFWjZ0CCPehjTCcgQyXfF++en/QA/Gh82WM/2yTHa3e3bPMqKT1JBL54="),
    ("geheim wachtwoord", "{PBKDF2}$1$Son2MxpUR4WaH0m6$5000$e4995b4bc58cdcadc8db0c2c1e0b568bb8967583"),
    ("geheim wachtwoord", "{PLAIN-MD5}6a772ecd8886aab18c61d4a9e1fb528e"),
    ("geheim wachtwoord", "{MD5-CRYPT}$1$zyfCvwvo$ALw1aZHp8JrAm0s21Mjh2/"),
    ("geheim wachtwoord", "{CRYPT}$2y$05$hHQTsR8Oe3eVyjIVsbc0wuGsPRZyTQZhQ1CjOxWEgL0FnVFjzL4ei"),
    ("pässwörd", "{SHA512-CRYPT}$6$/7TIP5CSc8bUDiWi$g/MPZ02XE858ehdu1h/WyUCWuzBgwbxnuUGknF1cahjRUAigF5Dd8124vSWJWgIPeFDwt4RHHGoLf615TJaDs."),
    ("pässwörd", "{SHA512-CRYPT}$6$rounds=10000$ExeJ88sr5GzZfYRz$Ij9pLNMKWwCPC9wX8rIv93RpgWU1DQcnzyU9e6VpH9t6p5xNaJE4htT5xqGOdTRNE/fXx6aXT4HwRjwp35r5A1"),
    ("pässwörd", "{SHA256-CRYPT}$5$klRpTCJjttLuiUDE$F5z.nSXRTLuKCxwYiwE4NtafrZ7u8ehNpYq8nl4vmw/"),
    ("pässwörd", "{MD5-CRYPT}$1$hkDI/Lg9$lRxjfFbvAq22esT3fWbLX."),
    ("pässwörd", "{BLF-CRYPT}$2y$05$aF568mluubcORz/VlsgQpOi7nJEjHNfiO4zxy.81IZGiBGw.cabDi"),
    ("pässwörd", "{PBKDF2}$1$1da6PF57tzhpmBAi$1000$0603bbbd75f7e0b1bdeca2bc31d94bd3a24c3004"),
    ("pässwörd", "{SSHA}hQonvHNUc0Le5NJp9KNBTvZNlcIt6aeI"),
    ("pässwörd", "{ssha256}38Gm7la83peNJ3ehOun434CQylxuKIqpYjl9T17UtXnVdz3l"),
    ("pässwörd", "{PLAIN-MD5}12841e4ba5e37d2fbfc78458c6714ade"),
    ("geheim", "{PLAIN-MD5.B64}6GNuoBPmgvr2H1bOHLGrXA=="),
    ("geheim", "{SSHA256.HEX}657b7cf22b0921bd5ddf4646abc48e7a6562d52efe904aabd41d9bc34a21b0aab5aa8b41"),
    ("x", "{SSHA.HEX}60d855d670791b08090ee85cd15901f1469e858604add346"),
    ("geheim", "{SHA512-CRYPT}$6$rounds=1000$KUJnlkGiJK5eexHM$/.ml3ArWoz1q0PEILLMowftOS8/R5.yYD/NSVNxdb5KoG6wo6HAaHQmiHuQvaQ7GU4ec.MVoJqDv0rGwoK8Qm1"),
    ("geheim", "{SHA256-CRYPT}$5$rounds=1000$D6/anvukFuQSKu0I$wdcDwhv0zyPpvNGyuHHfs101GAfVlAjC1FKJLaqq4g8"),
    ("geheim", "$6$abc$KAe1EsG/CXahwSWV6zRvGcvHNHOBHog/NbxuGWHm2YywqKzLbB9.dK.4PnOXUOn7LGTg7ouv6RItkzZ297N1o0"),
    ("geheim", "$5$abc$dMCdvC1mB4C3HJ3rSEuki7J3V6expJoTaEV6oSaAuX7"),
    ("geheim", "$1$abc$ZAfLRk1aHF/.QlC7ixD3f."),
    ("geheim", "{CRYPT}$1$saltsalt$wTLsTBb/.H7e4VHujepbF0"),
    ("geheim", "$2b$05$abcdefghijklmnopqrstuuVWu8RjbNovPZWAMRdd7iqaaG0mI53Uu"),
    ("a much longer password than sixteen bytes", "$1$12345678$yLppq.aqtfjKiej5RWDLq/"),
    ("a much longer password than sixteen bytes", "$6$0123456789abcdef$oJ4JknhIS4RR6.BpkJx4n3VXn/ku7dFppVUIeM2A6H9z0kcC.xJmXtywoMfascRVbLoQvACs7.p12JXgHysDs0"),
    ("a much longer password than sixteen bytes", "$5$0123456789abcdef$LsJhMbXhoqK.SsyGGrKYYHT.neWpjsXWvPD3udh6GV1"),
    ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "$6$abcd$X9s6dvgMEZ8n41yIQMewJucJM7bNjhJeiakum8wUpcGGVEaEI1ev7UApocHEWypX8WpOWez9IWb91Rah8R0Aw."),
    ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "$5$abcd$MmCMHM5TbZiJoQrrsMbcE.FvC5WhKNXalPIhZKzAUd2"),
    ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "$1$abcd$/H3RqlrBoH2nh7IhyoDdh1"),
    ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i"),
    ("", "$6$abcd$NU/C5Gju0G9iuhwYGc8C4T7UNm5gyOGf7Xo/YAAExf5aQb28mUxIL2q/EzSmLYbkVO9uOhSV40MbPwn7aHHHz0"),
    ("", "$5$abcd$QS/LhMXxIihGHtawbvVF6A.fmwyLe5V/ymwcRAd7aR7"),
    ("", "$1$abcd$CwbBDotm4UoKv5fATTtzT."),
];

#[test]
fn verifies_what_other_servers_wrote() {
    for (password, text) in GOOD {
        let hash = PasswordHash::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(hash.verify(password.as_bytes()), "{text}");
        assert!(!hash.verify(b"Geheim"), "{text}");
        assert_eq!(hash.as_str(), *text);
        assert!(!hash.is_current(HashCost::default(), None));
    }
}

#[test]
fn names_what_is_wrong_with_a_bad_hash() {
    let long = format!("{{SSHA}}{}", "A".repeat(2000));
    for (text, said) in [
        ("{DES-CRYPT}abOkmxXhjDb.Y", "the password scheme DES-CRYPT is not supported"),
        ("{CRYPT}abOkmxXhjDb.Y", "the password scheme DES-CRYPT is not supported"),
        ("$y$j9T$abcdefgh$GxCeQreerYP7WYNXxV9BftndBRQBXf2528rchsi.eVD", "the password scheme $y$ is not supported"),
        ("{SSHA}not base64", "the SSHA hash is malformed: it is not base64"),
        ("{SSHA}MHGmJaLMwVOfY75vRepDM8gjajM=", "the SSHA hash is malformed: it has no salt, or one of a wrong length"),
        ("{SSHA.ROT13}1MAe", "the SSHA hash is malformed: the encoding behind the dot is neither HEX nor B64"),
        ("{PLAIN-MD5}abc", "the PLAIN-MD5 hash is malformed: it is not hexadecimal"),
        ("{PLAIN-MD5}abcd", "the PLAIN-MD5 hash is malformed: it is too short"),
        (
            "$6$abc$short",
            "the SHA512-CRYPT hash is malformed: the hash is not characters of ./0-9A-Za-z in the length of the scheme",
        ),
        ("{SHA512-CRYPT}$5$abc$x", "the SHA512-CRYPT hash is malformed: it does not begin with its mark, $5$ or $6$"),
        ("$1$abc$é", "the MD5-CRYPT hash is malformed: the hash is not 22 characters of ./0-9A-Za-z"),
        ("{BLF-CRYPT}$2x$05$", "the BLF-CRYPT hash is malformed: it does not begin with $2a$, $2b$ or $2y$"),
        ("$2y$05$short", "the BLF-CRYPT hash is malformed: it is not 60 characters of bcrypt"),
        (
            "$2y$31$sglzw3R4/UnlJ.aLFRF3iem/m.T3.9n81xLLL8ciPm2f5BEC6vcoe",
            "the BLF-CRYPT hash asks for more work than is allowed: a cost of at most 14",
        ),
        ("{PBKDF2}$1$s$x$00", "the PBKDF2 hash is malformed: the rounds are not a number"),
        (
            "{PBKDF2}$1$salt$0$e4995b4bc58cdcadc8db0c2c1e0b568bb8967583",
            "the PBKDF2 hash is malformed: no rounds, or a salt or hash of a wrong length",
        ),
        (
            "{PBKDF2}$1$salt$4000000000$e4995b4bc58cdcadc8db0c2c1e0b568bb8967583",
            "the PBKDF2 hash asks for more work than is allowed: at most 2000000 rounds",
        ),
        (
            "$argon2id$v=19$m=4194304,t=3,p=1$mljm5zWFMwfnyPWJbWkxJw$axNJbHXrQp/n+F8WUDZssN36GE5lZ0TOXUMPtdt5XA8",
            "the ARGON2ID hash asks for more work than is allowed: at most 131072 KiB of memory",
        ),
        (
            "$argon2id$v=19$m=1,t=3,p=1$mljm5zWFMwfnyPWJbWkxJw$axNJbHXrQp/n+F8WUDZssN36GE5lZ0TOXUMPtdt5XA8",
            "the ARGON2ID hash is malformed: m, t or p is smaller than argon2 allows",
        ),
        ("$argon2id$v=19$m=4096,t=3$aa$aa", "the ARGON2ID hash is malformed: the parameters are not m=…,t=…,p=…"),
        ("", "the password scheme (none) is not supported"),
        (long.as_str(), "the password hash is malformed: longer than 1024 bytes"),
    ] {
        assert_eq!(PasswordHash::parse(text).expect_err(text).to_string(), said, "{text}");
    }
}

#[test]
fn tells_hashes_from_passwords() {
    for (text, plain) in [
        ("glaspost-demo", Some("glaspost-demo")),
        ("$ecret", Some("$ecret")),
        ("$$$", Some("$$$")),
        ("{", Some("{")),
        ("{a b}c", Some("{a b}c")),
        ("{PLAIN}{SSHA}really", Some("{SSHA}really")),
        ("$1$abc$ZAfLRk1aHF/.QlC7ixD3f.", None),
    ] {
        match (PasswordOrHash::parse(text).unwrap(), plain) {
            (PasswordOrHash::Plain(found), Some(plain)) => assert_eq!(found, plain),
            (PasswordOrHash::Hash(hash), None) => assert_eq!(hash.as_str(), text),
            (found, _) => panic!("{text}: {found:?}"),
        }
    }
    assert!(PasswordOrHash::parse("{MD4}00").is_err());
}

#[test]
fn makes_what_it_verifies() {
    let cost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
    let random = SeededRandom::new(7);
    let hash = PasswordHash::new(b"geheim", cost, &random);
    assert!(hash.as_str().starts_with("{ARGON2ID}$argon2id$v=19$m=64,t=1,p=1$"));
    assert!(hash.verify(b"geheim") && !hash.verify(b"geheim "));
    assert!(hash.is_current(cost, None) && !hash.is_current(HashCost::default(), None));
    assert_eq!(PasswordHash::parse(hash.as_str()).unwrap().as_str(), hash.as_str());
    assert_ne!(hash.as_str(), PasswordHash::new(b"geheim", cost, &random).as_str());
    assert!(!PasswordHash::dummy(cost).verify(b""));
    assert!(!format!("{hash:?}").contains("argon2"));
}

#[test]
fn memory_that_was_hashed_in_makes_no_difference() {
    let random = SeededRandom::new(7);
    let mut memory = HashMemory::default();
    for (memory_kib, lanes) in [(64, 1), (256, 2), (64, 1), (128, 4)] {
        let cost = HashCost { memory_kib, passes: 2, lanes };
        let hash = PasswordHash::new_in(b"geheim", cost, &random, None, &mut memory);
        assert!(hash.verify(b"geheim") && hash.verify_in(b"geheim", None, &mut memory));
        assert!(!hash.verify_in(b"Geheim", None, &mut memory));
    }
    assert_eq!(memory.kib(), 256);
}

/// Whether a type has `==`: the inherent constant is found first, where its bound holds.
struct Of<T>(std::marker::PhantomData<T>);
trait Anything {
    const COMPARED: bool = false;
}
impl<T> Anything for Of<T> {}
impl<T: PartialEq> Of<T> {
    const COMPARED: bool = true;
}

#[test]
fn a14_what_is_secret_has_no_equality_that_stops_early() {
    const { assert!(Of::<String>::COMPARED) };
    const { assert!(!Of::<PasswordHash>::COMPARED) };
    const { assert!(!Of::<names::Secret<String>>::COMPARED) };
    const { assert!(!Of::<crate::NewPassword>::COMPARED) };
}

#[test]
fn a14_each_scheme_compares_in_constant_time() {
    for (file, source) in [
        ("argon.rs", include_str!("argon.rs")),
        ("digest.rs", include_str!("digest.rs")),
        ("md5_crypt.rs", include_str!("md5_crypt.rs")),
        ("pbkdf2.rs", include_str!("pbkdf2.rs")),
        ("sha_crypt.rs", include_str!("sha_crypt.rs")),
        ("bcrypt.rs", include_str!("bcrypt.rs")),
    ] {
        let verify = source.split("fn verify").nth(1).unwrap_or_else(|| panic!("{file} verifies nothing"));
        let body = verify.split("\n    }\n").next().unwrap();
        // The bcrypt crate compares with `subtle` itself.
        assert!(body.contains(".ct_eq(") || body.contains("bcrypt::verify("), "{file}");
        assert!(!body.contains("=="), "{file}");
    }
}

fn pepper(lines: &str) -> Pepper {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pepper");
    std::fs::write(&file, lines).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    Pepper::load(&file).unwrap()
}

#[test]
fn a_pepper_is_needed_to_verify_what_it_made() {
    let cost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };
    let random = SeededRandom::new(1);
    let (first, second) = ("a".repeat(32), "b".repeat(32));
    let (old, both, other) = (pepper(&first), pepper(&format!("{second}\n\n{first}\n")), pepper(&second));
    let made = |pepper| PasswordHash::new_in(b"geheim", cost, &random, pepper, &mut HashMemory::default());
    let hash = PasswordHash::parse(made(Some(&old)).as_str()).unwrap();
    let verify =
        |hash: &PasswordHash, password: &[u8], pepper| hash.verify_in(password, pepper, &mut HashMemory::default());
    assert!(hash.as_str().starts_with("{PEPPERED.") && hash.as_str().contains("$argon2id$"));
    assert!(verify(&hash, b"geheim", Some(&old)) && verify(&hash, b"geheim", Some(&both)));
    assert!(!verify(&hash, b"Geheim", Some(&old)));
    for lacking in [None, Some(&other)] {
        assert!(!verify(&hash, b"geheim", lacking) && hash.lacks(lacking).is_some());
    }
    assert!(hash.lacks(Some(&both)).is_none() && hash.is_current(cost, Some(&old)));
    // A new line in front makes new hashes; so does a pepper where there was none, and none where there was one.
    assert!(
        !hash.is_current(cost, Some(&both)) && !hash.is_current(cost, None) && !made(None).is_current(cost, Some(&old))
    );
    assert!(made(Some(&both)).is_current(cost, Some(&other)));
    for wrong in [
        "{PEPPERED}$argon2id$",
        "{PEPPERED.0123456}$argon2id$",
        "{PEPPERED.0123456g}$argon2id$",
        "{PEPPERED.01234567}x",
    ] {
        assert!(PasswordHash::parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_file_that_is_no_pepper_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pepper");
    let load = |text: &str, mode| {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        Pepper::load(&file).map(drop).unwrap_err().to_string()
    };
    assert!(Pepper::load(&file).unwrap_err().to_string().contains("pepper"));
    assert!(load(&"a".repeat(32), 0o604).contains("chmod 0600"));
    assert!(load("", 0o600).contains("line 1"));
    assert!(load(&format!("{}\nshort\n", "a".repeat(32)), 0o600).contains("line 2"));
}
