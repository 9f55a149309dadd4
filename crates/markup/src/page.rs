//! The document in which cleaned HTML is shown. It stands in a frame by itself, and what is said about it to who shows it is
//! on its root.
use crate::clean::Cleaned;

/// What all of them look like. Images that are not shown leave a box with their words.
const STYLE: &str = "html{overflow:auto hidden}\
body{margin:0;padding:2px;font:15px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\
img{max-width:100%}\
img:not([src]){display:inline-block;box-sizing:border-box;min-width:1.2em;min-height:1.2em;\
padding:0 .2em;border:1px dashed GrayText;color:GrayText;font-size:12px;overflow:hidden}\
blockquote{margin:0 0 0 .4em;padding-inline-start:.8em;border-inline-start:3px solid GrayText}\
pre{white-space:pre-wrap}\
summary{cursor:pointer;color:GrayText}\
p:first-child{margin-block-start:0}";

/// Who says nothing of colours has those of the reader.
const READERS_COLOURS: &str = ":root{color-scheme:light dark;background:Canvas;color:CanvasText}";
/// Who says something of them is read on white paper, as all mail is written.
const PAPER: &str = ":root{color-scheme:only light;background:#fff;color:#000}";

/// A whole document.
#[must_use]
pub fn page(cleaned: &Cleaned) -> String {
    let Cleaned { body, sheet, remote, is_coloured, direction } = cleaned;
    let dir = direction.dir();
    let colours = if *is_coloured { PAPER } else { READERS_COLOURS };
    format!(
        "<!doctype html><html data-message data-remote=\"{remote}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title></title>\
         <style>{colours}{STYLE}</style><style>{sheet}</style></head><body dir=\"{dir}\">{body}</body></html>"
    )
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::{Images, clean};

    #[test]
    fn a_page_has_what_was_cleaned_and_nothing_else() {
        let html = "</body></html><title>x</title><base href=https://evil.example/><style>p{color:red}</style><p>Hallo";
        let page = page(&clean(html, &Images::default()).unwrap());
        assert!(
            page.ends_with("<style>p{color:red}</style></head><body dir=\"auto\"><p>Hallo</p></body></html>"),
            "{page}"
        );
        assert!(page.starts_with("<!doctype html><html data-message data-remote=\"0\">"), "{page}");
        assert!(!page.contains("evil"));
    }

    #[test]
    fn a_page_is_written_the_way_that_its_sender_says() {
        let page = page(&clean("<html dir=rtl><body class='x'><p>Hallo", &Images::default()).unwrap());
        assert!(page.ends_with("<body dir=\"rtl\"><p>Hallo</p></body></html>"), "{page}");
    }
}
