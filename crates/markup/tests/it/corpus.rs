//! Hostile snippets, one after another (docs/security.md: W01, W02, W05, W11, W12). The same ones are shown to Chromium by
//! `tests/webmail/test_hostile_html.py`.
use crate::harmless::check;
use markup::{Images, clean};
use std::sync::Arc;

const CORPUS: &str = include_str!("hostile.txt");

/// Name and snippet.
fn snippets() -> Vec<(&'static str, &'static str)> {
    CORPUS.split("== ").skip(1).map(|one| one.split_once('\n').unwrap()).collect()
}

/// Images of the web and those that came with the message are had here.
fn everything() -> Images {
    let embedded = [("logo@x".to_owned(), "/ours/logo".to_owned())].into();
    Images { embedded, remote: Some(Arc::new(|image| format!("/ours/{}", image.host()))) }
}

fn of(class: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    snippets().into_iter().filter(move |(name, _)| name.starts_with(class))
}

#[test]
fn there_are_enough_of_each() {
    for (class, least) in [("W01", 90), ("W02", 25), ("W05", 45), ("W11", 20), ("W12", 5)] {
        assert!(of(class).count() >= least, "{class}");
    }
}

#[test]
fn w01_nothing_that_runs_stays() {
    of("W01").for_each(|(_, html)| check(&clean(html, &everything()).unwrap()));
}

#[test]
fn w02_nothing_of_a_drawing_stays() {
    for (name, html) in of("W02") {
        let cleaned = clean(html, &everything()).unwrap();
        check(&cleaned);
        assert!(!cleaned.body.contains("src"), "{name}: {}", cleaned.body);
    }
}

#[test]
fn w05_no_address_of_the_web_stays_but_in_links() {
    for (name, html) in of("W05") {
        for images in [Images::default(), everything()] {
            let cleaned = clean(html, &images).unwrap();
            check(&cleaned);
            let mut rest =
                cleaned.body.replace("href=\"https://evil.example/", "").replace("href=\"https://bank.example/", "");
            rest = rest.replace("/ours/evil.example", "");
            assert!(!rest.contains("evil.example") && !cleaned.sheet.contains("evil"), "{name}: {}", cleaned.body);
        }
    }
}

#[test]
fn w05_images_are_had_where_it_is_said_and_points_nowhere() {
    let html = "<img src=https://a.example/x><img src=http://b.example/y width=9 height=9><img src=cid:logo%40x>\
        <img src=cid:other><img src=https://c.example/z width=1 height=1><img src=https://a.example/x>";
    let blocked = clean(html, &Images::default()).unwrap();
    assert_eq!((blocked.remote, blocked.body.contains("src")), (3, false));
    let shown = clean(html, &everything()).unwrap();
    let expected = "<img src=\"/ours/a.example\"><img src=\"/ours/b.example\" width=\"9\" height=\"9\"><img src=\"/ours/logo\">\
        <img><img height=\"1\" width=\"1\"><img src=\"/ours/a.example\">";
    assert_eq!((shown.remote, shown.body.as_str()), (3, expected));
}

#[test]
fn w11_nothing_leaves_its_place_and_nothing_has_a_name() {
    for (name, html) in of("W11").chain(of("W12")) {
        let cleaned = clean(html, &everything()).unwrap();
        check(&cleaned);
        assert!(!cleaned.body.contains("99999") && !cleaned.body.contains("100v"), "{name}: {}", cleaned.body);
    }
}

#[test]
fn what_was_cleaned_stays_as_it_is() {
    for (name, html) in snippets() {
        let once = clean(html, &Images::default()).unwrap();
        assert_eq!(clean(&once.body, &Images::default()).unwrap().body, once.body, "{name}");
    }
}

#[test]
fn ordinary_mail_looks_as_it_was_written() {
    for (html, expected) in [
        ("<p>Beste Anna,</p><p>Tot <b>morgen</b>!<br>Ren&eacute;</p>", None),
        (
            "<html><head><title>x</title></head><body bgcolor=\"#fff\"><div style=\"font-family: Arial; mso-x: y\">x</div></body></html>",
            Some("<div style=\"font-family:Arial\">x</div>"),
        ),
        (
            "<table width=\"600\" bgcolor=\"#eeeeee\"><tbody><tr><td align=\"center\" style=\"padding:0 10px\">x</td></tr></tbody></table>",
            None,
        ),
        ("<blockquote type=cite>x</blockquote>", Some("<blockquote>x</blockquote>")),
        (
            "<a href=\"https://a.example/?x=1&amp;y=2\">x</a>",
            Some(
                "<a href=\"https://a.example/?x=1&amp;y=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a>",
            ),
        ),
        ("<o:p>x</o:p><form>y<button>z</button></form>", Some("xyz")),
        ("<pre>a\n  b</pre>", None),
    ] {
        let cleaned = clean(html, &Images::default()).unwrap();
        assert_eq!(cleaned.body, expected.unwrap_or(html).replace("&eacute;", "é"));
    }
}
