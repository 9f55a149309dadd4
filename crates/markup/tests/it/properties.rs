//! Whatever is cleaned is harmless, and stays as it is when it is cleaned again.
use crate::harmless::check;
use markup::{Images, clean};
use proptest::prelude::*;
use std::sync::Arc;

/// What HTML is made of, good and bad.
fn piece() -> impl Strategy<Value = String> {
    let names = "(a|b|p|div|table|tr|td|svg|math|mtext|style|script|img|select|option|template|noscript|form|button|li|ul|title|\
                 foreignObject|annotation-xml|mglyph|textarea|blockquote|font|h1|pre|iframe|object|br|caption|col)";
    prop_oneof![
        names.prop_map(|name| format!("<{name}>")),
        names.prop_map(|name| format!("</{name}>")),
        (names, "(href|src|style|onload|id|class|title|srcset|background)", "[a-z:/.&;()'<> -]{0,20}")
            .prop_map(|(element, name, value)| format!("<{element} {name}=\"{value}\">")),
        Just("<img src=x onerror=alert(1)>".to_owned()),
        Just("<a href=javascript:alert(1)>".to_owned()),
        Just("<img src=https://evil.example/x>".to_owned()),
        Just("<style>p{background:url(x);color:red}</style>".to_owned()),
        Just("<!--".to_owned()),
        Just("-->".to_owned()),
        Just("<![CDATA[".to_owned()),
        "[ -~\u{e9}\u{0}\n]{0,8}",
    ]
}

fn html() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn w01_whatever_is_cleaned_is_harmless(html in html()) {
        let images = Images { remote: Some(Arc::new(|_| "/ours/x".to_owned())), ..Images::default() };
        check(&clean(&html, &images).unwrap());
    }

    #[test]
    fn cleaning_again_changes_nothing(html in html()) {
        let once = clean(&html, &Images::default()).unwrap();
        let twice = clean(&once.body, &Images::default()).unwrap();
        prop_assert_eq!(twice.body, once.body);
    }
}
