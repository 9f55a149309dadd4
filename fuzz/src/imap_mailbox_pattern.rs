//! LIST patterns, the first line, held against names, the other lines: never more steps than name times words.
use imap_wire::{MAX_PATTERN, NameCoding, Pattern};

pub(crate) fn imap_mailbox_pattern(data: &[u8]) {
    let mut lines = data.split(|&byte| byte == b'\n');
    let pattern = lines.next().unwrap_or_default();
    let Ok(compiled) = Pattern::new(b"", pattern, NameCoding::Utf7) else {
        assert!(pattern.len() > MAX_PATTERN);
        return;
    };
    for name in lines.filter_map(|line| std::str::from_utf8(line).ok()) {
        let (matched, touched) = compiled.count(name);
        assert!(touched <= (name.len() + 1) * (3 * pattern.len() / 64 + 1));
        assert_eq!(matched, compiled.matches(name));
    }
    if pattern.is_ascii() && !pattern.iter().any(|byte| matches!(byte, b'*' | b'%' | b'&') || byte.is_ascii_control()) {
        let name = std::str::from_utf8(pattern).unwrap_or_default();
        assert!(compiled.matches(name));
    }
}
