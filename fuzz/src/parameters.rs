//! Parameters of Content-Type and Content-Disposition (RFC 2045, RFC 2231).
use message::{Disposition, Flaws, MediaType};

pub(crate) fn parameters(data: &[u8]) {
    let mut flaws = Flaws::NONE;
    let mut room = 100;
    let media = MediaType::parse(data, &mut room, &mut flaws).map(|media| media.parameters);
    let disposition = Disposition::parse(data, &mut room, &mut flaws).map(|disposition| disposition.parameters);
    let mut kept = 0;
    for list in [media, disposition].into_iter().flatten() {
        kept += list.iter().count();
        for parameter in list.iter() {
            assert!(!parameter.name.is_empty());
            assert!(!parameter.value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)));
            let name = String::from_utf8_lossy(&parameter.name);
            let plain = name.split('*').next().unwrap_or_default();
            let text = list.text(plain).unwrap_or_default();
            assert!(!text.chars().any(char::is_control));
        }
        let _ = list.text("filename");
    }
    assert_eq!(kept, 100 - room);
}
