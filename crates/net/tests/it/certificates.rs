//! What is refused as a certificate, and what is known of the good ones.
use crate::house::{Certificates, write_key};
use net::{CertFile, CertificateStore, Error};

#[test]
fn faults_are_named() {
    let certificates = Certificates::new();
    let key = certificates.file("new").key;
    let text = std::fs::read_to_string(&key).unwrap();

    assert!(matches!(CertificateStore::load(&[]), Err(Error::NoCertificate)));

    let mixed = CertFile { key: certificates.file("old").key, ..certificates.file("new") };
    assert!(
        matches!(CertificateStore::load(&[mixed]), Err(Error::BadCertificate { cause, .. }) if cause.contains("does not fit"))
    );

    let swapped = CertFile { cert: key.clone(), ..certificates.file("new") };
    assert!(
        matches!(CertificateStore::load(&[swapped]), Err(Error::BadCertificate { cause, .. }) if cause == "no certificate in it")
    );

    let missing = CertFile { cert: certificates.dir.path().join("none.pem"), ..certificates.file("new") };
    assert!(matches!(CertificateStore::load(&[missing]), Err(Error::Unreadable { .. })));

    let keyless = CertFile { key: certificates.dir.path().join("new.pem"), ..certificates.file("new") };
    assert!(CertificateStore::load(&[keyless]).is_err());

    write_key(&key, &text, 0o604);
    assert!(matches!(
        CertificateStore::load(&[certificates.file("new")]),
        Err(Error::KeyOpenToOthers { mode: 0o604, .. })
    ));
    write_key(&key, &text, 0o640);
    assert!(CertificateStore::load(&[certificates.file("new")]).is_ok());
}

/// A certificate that a stranger made, with a key that is not ours.
fn weak(name: &str) -> CertFile {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/weak");
    CertFile { cert: folder.join(format!("{name}.pem")), key: folder.join(format!("{name}.key")), names: None }
}

#[test]
fn a_weak_key_is_refused_or_told() {
    for (name, told) in [
        ("rsa-1024", "an RSA key of 1024 bits is too short"),
        ("secp256k1", "a curve that mail programs do not know"),
        ("secp224r1", "a curve that mail programs do not know"),
    ] {
        let Err(Error::BadCertificate { path, cause }) = CertificateStore::load(&[weak(name)]) else {
            panic!("{name} was taken");
        };
        assert!(cause.contains(told) && path.ends_with(format!("{name}.pem")), "{cause}");
    }
    // These pass, and fail only because there is no key beside them.
    for name in ["rsa-3072", "secp521r1", "ed25519"] {
        assert!(matches!(CertificateStore::load(&[weak(name)]), Err(Error::Unreadable { .. })), "{name}");
    }
    let certificates = Certificates::new();
    let key = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let made = rcgen::CertificateParams::new(vec!["short.example".to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(certificates.file("short").cert, made.pem()).unwrap();
    write_key(&certificates.file("short").key, &key.serialize_pem(), 0o600);
    let store = CertificateStore::load(&[certificates.file("short"), certificates.file("new")]).unwrap();
    let [short, good] = store.certificates().try_into().unwrap();
    assert!(short.weakness.unwrap().contains("2048 bits is weak"));
    assert_eq!(good.weakness, None);
}

#[test]
fn a_failed_reload_keeps_the_old_ones() {
    let certificates = Certificates::new();
    let store = CertificateStore::load(&[certificates.file("new"), certificates.file("old")]).unwrap();
    let before = store.certificates();
    std::fs::write(certificates.file("old").cert, "rubbish").unwrap();
    assert!(store.reload(&[certificates.file("new"), certificates.file("old")]).is_err());
    assert_eq!(store.certificates(), before);
    assert_eq!(before[0].names, ["imap.new.example", "*.web.new.example"]);
    assert_eq!(before[1].names, ["imap.old.example"]);
    assert!(before[0].not_after > world::UnixTime::from_secs(1_767_225_600));
}

#[test]
fn names_can_be_given() {
    let certificates = Certificates::new();
    let file = CertFile { names: Some(vec!["IMAP.xmsnet.nl".to_owned()]), ..certificates.file("new") };
    assert_eq!(CertificateStore::load(&[file]).unwrap().certificates()[0].names, ["imap.xmsnet.nl"]);
}

#[test]
fn a_name_is_borne_or_not() {
    let certificates = Certificates::new();
    let store = CertificateStore::load(&[certificates.file("new"), certificates.file("old")]).unwrap();
    for name in ["imap.new.example", "IMAP.old.example", "a.web.new.example"] {
        assert!(store.bears(name), "{name}");
    }
    // a star is exactly one label, and the certificate for all others bears no more than its names
    for name in ["web.new.example", "a.b.web.new.example", "pop.old.example", "example", ""] {
        assert!(!store.bears(name), "{name}");
    }
}
