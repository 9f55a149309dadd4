//! The page of settings: its languages, its headers, and that it shows what is so now.
use crate::house::{House, imap_at};
use texts::Language;

async fn get(house: &House, path: &str, fields: &str) -> (String, String) {
    ask(house, "GET", path, fields).await
}

/// The header, in lower case, and the body.
async fn ask(house: &House, method: &str, path: &str, fields: &str) -> (String, String) {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: webmail.example.org\r\n{fields}Connection: close\r\n\r\n");
    let answer = house.ask(&request).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.to_lowercase(), body.to_owned())
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

#[tokio::test]
async fn the_language_is_that_of_the_address_or_of_who_asks() {
    let house = House::new(None).await;
    for (path, fields, language) in [
        ("/settings", "", "nl"),
        ("/settings", "Accept-Language: en-GB,en;q=0.9,nl;q=0.1\r\n", "en"),
        ("/settings", "Accept-Language: de\r\n", "nl"),
        ("/settings/nl", "Accept-Language: en\r\n", "nl"),
        ("/settings/en", "Accept-Language: nl\r\n", "en"),
    ] {
        let (head, body) = get(&house, path, fields).await;
        assert!(head.starts_with("http/1.1 200 "), "{path}: {head}");
        assert_eq!(field(&head, "content-language"), Some(language), "{path} {fields}");
        assert_eq!(field(&head, "vary"), Some("accept-encoding, accept-language"));
        assert_eq!(field(&head, "content-type"), Some("text/html; charset=utf-8"));
        assert!(body.contains(&format!("<html lang=\"{language}\">")), "{body}");
        let place = (path == "/settings").then(|| format!("/settings/{language}"));
        assert_eq!(field(&head, "content-location"), place.as_deref(), "{path}");
    }
    for path in ["/settings/de", "/settings/", "/settings/nl/x"] {
        assert!(get(&house, path, "").await.0.starts_with("http/1.1 404 "), "{path}");
    }
}

#[tokio::test]
async fn it_may_load_its_own_style_and_nothing_else() {
    let house = House::new(None).await;
    let (head, body) = get(&house, "/settings", "").await;
    let policy = field(&head, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; "), "{policy}");
    assert!(!policy.contains("unsafe") && !body.contains("<script") && !body.contains("style="), "{body}");
    let style = body.split("rel=\"stylesheet\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let (head, css) = get(&house, style, "").await;
    assert_eq!(field(&head, "content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(field(&head, "vary"), Some("accept-encoding"));
    assert!(css.contains("prefers-color-scheme: dark"));
    assert!(!css.contains("url(") && !css.contains("@import"), "the style loads nothing");
}

#[tokio::test]
async fn who_has_it_is_told_so_and_head_has_no_body() {
    let house = House::new(None).await;
    for path in ["/settings", "/settings/en", "/settings/style.css"] {
        let (head, body) = get(&house, path, "").await;
        let tag = field(&head, "etag").unwrap();
        assert_eq!(field(&head, "cache-control"), Some("no-cache"));
        let (known, nothing) = get(&house, path, &format!("If-None-Match: {tag}\r\n")).await;
        assert!(known.starts_with("http/1.1 304 "), "{known}");
        assert_eq!((field(&known, "etag"), nothing.as_str()), (Some(tag), ""));
        let (only, nothing) = ask(&house, "HEAD", path, "").await;
        assert!(only.starts_with("http/1.1 200 ") && nothing.is_empty(), "{only}");
        assert_eq!(field(&only, "content-length"), Some(body.len().to_string().as_str()));
        assert_eq!(field(&only, "etag"), Some(tag));
        assert!(ask(&house, "POST", path, "").await.0.starts_with("http/1.1 405 "));
    }
}

#[tokio::test]
async fn another_guide_is_shown_at_once() {
    let house = House::new(None).await;
    let (before, body) = get(&house, "/settings", "").await;
    assert!(body.contains("<code>993</code>"), "{body}");
    house.settings.show(&imap_at(1993), Language::English);
    let known = format!("If-None-Match: {}\r\n", field(&before, "etag").unwrap());
    let (head, body) = get(&house, "/settings", &known).await;
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    assert_eq!(field(&head, "content-language"), Some("en"));
    assert!(body.contains("<code>1993</code>") && !body.contains("<code>993</code>"), "{body}");
}
