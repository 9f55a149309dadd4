//! Cleaning: what stays of a stranger's HTML.
use crate::attributes::attribute;
use crate::direction::Direction;
use crate::elements::{ANYWHERE, DROPPED, KEPT, LINK, SOMEWHERE};
use crate::images::{Images, WebImage, content_id};
use crate::sheet::sheet;
use crate::survey::{TooMuch, direction, survey};
use ammonia::{Builder, UrlRelative};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The longest HTML that is cleaned, in octets; what it becomes may be this many times as long.
pub const LONGEST: usize = 2 << 20;
const GROWTH: usize = 6;
/// Images of the web that one message shows: whoever wrote it has this server ask for each of them.
const REMOTE: usize = 500;
/// How often what was cleaned is cleaned again until it stays the same: then it is read as it is written by whoever reads it.
const ROUNDS: usize = 6;

/// HTML that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// What stands in the body.
    pub body: String,
    /// Its style sheet.
    pub sheet: String,
    /// How many images of the web there are, shown or not.
    pub remote: usize,
    /// Whether it says what colours it has: then they are not to be changed.
    pub is_coloured: bool,
    /// Which way it is written, as its sender says.
    pub direction: Direction,
}

/// Cleans HTML: what is on no list goes, and images are had where `images` says.
///
/// # Errors
/// It is too long, or too much work.
pub fn clean(html: &str, images: &Images) -> Result<Cleaned, TooMuch> {
    if html.len() > LONGEST {
        return Err(TooMuch::Long);
    }
    let found = survey(html)?;
    // read as it is written by whoever reads it: an escape may have hidden what a word is
    let sheet = sheet(&sheet(&found.sheets));
    let keeping = builder(Keeping);
    let mut body = keeping.clean(html).to_string();
    for _ in 0..ROUNDS {
        check(&body)?;
        let again = keeping.clean(&body).to_string();
        let is_same = again == body;
        body = again;
        if is_same {
            break;
        }
    }
    let placing = Placing {
        images: images.clone(),
        points: found.points.iter().filter_map(|address| WebImage::read(address)).collect(),
        remote: Arc::default(),
        is_coloured: Arc::default(),
    };
    let (remote, is_coloured) = (Arc::clone(&placing.remote), Arc::clone(&placing.is_coloured));
    let body = builder(placing).clean(&body).to_string();
    if body.len() > GROWTH * LONGEST {
        return Err(TooMuch::Long);
    }
    let is_coloured = is_coloured.load(Ordering::Relaxed) || sheet.contains("color") || sheet.contains("background");
    Ok(Cleaned { body, sheet, remote: remote.load(Ordering::Relaxed), is_coloured, direction: direction(html) })
}

/// Whether what was cleaned may be read again.
fn check(body: &str) -> Result<(), TooMuch> {
    if body.len() > GROWTH * LONGEST {
        return Err(TooMuch::Long);
    }
    survey(body).map(drop)
}

/// Says what an attribute may say.
trait Judge: Send + Sync + 'static {
    fn judge<'v>(&self, element: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>>;
}

/// Keeps addresses of images as they are, so that what was cleaned can be cleaned again.
struct Keeping;

impl Judge for Keeping {
    fn judge<'v>(&self, element: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
        if (element, name) != ("img", "src") {
            return attribute(name, value);
        }
        match WebImage::read(value) {
            Some(image) => Some(Cow::Owned(image.to_string())),
            None => content_id(value).map(|_| Cow::Borrowed(value)),
        }
    }
}

/// Puts in the place of the address of an image the one under which it is shown.
struct Placing {
    images: Images,
    points: HashSet<WebImage>,
    remote: Arc<AtomicUsize>,
    is_coloured: Arc<AtomicBool>,
}

impl Judge for Placing {
    fn judge<'v>(&self, element: &str, name: &str, value: &'v str) -> Option<Cow<'v, str>> {
        let colours = match name {
            "bgcolor" | "color" => true,
            "style" => value.contains("color") || value.contains("background"),
            _ => false,
        };
        self.is_coloured.fetch_or(colours, Ordering::Relaxed);
        if (element, name) != ("img", "src") {
            return attribute(name, value);
        }
        if let Some(id) = content_id(value) {
            return self.images.embedded.get(&id).map(|address| Cow::Owned(address.clone()));
        }
        let image = WebImage::read(value).filter(|image| !self.points.contains(image))?;
        let before = self.remote.fetch_add(1, Ordering::Relaxed);
        self.images.remote.as_ref().filter(|_| before < REMOTE).map(|through| Cow::Owned(through(&image)))
    }
}

fn builder(judge: impl Judge) -> Builder<'static> {
    let set = |names: &[&'static str]| names.iter().copied().collect::<HashSet<_>>();
    let mut builder = Builder::empty();
    builder
        .tags(set(KEPT))
        .clean_content_tags(set(DROPPED))
        .generic_attributes(set(ANYWHERE))
        .tag_attributes(SOMEWHERE.iter().map(|(element, names)| (*element, set(names))).collect())
        .url_schemes(set(&["cid", "http", "https", "mailto"]))
        // an address of ours stands where the judge put it; of a stranger's relative ones it lets none stand
        .url_relative(UrlRelative::PassThrough)
        .set_tag_attribute_value("a", "target", "_blank")
        .link_rel(Some(LINK))
        .attribute_filter(move |element, name, value| judge.judge(element, name, value));
    builder
}
