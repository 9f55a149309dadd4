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
