//! What cleaning may cost: whatever is given, it ends soon and without the stack running out.
use markup::{Images, LONGEST, TooMuch, clean};

#[test]
fn it_has_a_size() {
    assert_eq!(clean(&"x".repeat(LONGEST + 1), &Images::default()).err(), Some(TooMuch::Long));
    assert!(clean(&"x ".repeat(LONGEST / 2), &Images::default()).is_ok());
}

#[test]
fn a_message_has_so_many_images() {
    let html: String = (0..2_000).map(|number| format!("<img src=https://far.example/?{number}>")).collect();
    let images = Images { remote: Some(std::sync::Arc::new(|_| "/ours".to_owned())), ..Images::default() };
    let cleaned = clean(&html, &images).unwrap();
    assert_eq!((cleaned.remote, cleaned.body.matches("/ours").count()), (2_000, 500));
}

#[test]
fn a_hundred_thousand_of_anything_within_one_another_is_refused() {
    for open in ["<div>", "<b>", "<table><tr><td>", "<svg><g>", "<blockquote>", "<ul><li>", "<span style='color:red'>"]
    {
        let html = open.repeat(100_000.min(LONGEST / open.len()));
        assert_eq!(clean(&html, &Images::default()).err(), Some(TooMuch::Complicated), "{open}");
    }
}

#[test]
fn what_would_grow_when_it_is_read_again_is_refused() {
    let formats: String = (0..300).map(|number| format!("<b class=a{number}>")).collect();
    // the paragraphs stand in buttons, which go: then each of them ends the one before
    let html = format!("<p>{formats}<button>{}", "<p>x".repeat(2_000));
    match clean(&html, &Images::default()) {
        Ok(cleaned) => assert!(cleaned.body.len() < 6 * LONGEST),
        Err(too_much) => assert_eq!(too_much, TooMuch::Complicated),
    }
}
