//! Images of the web, asked for by this server in the place of the customer's browser: whoever has them learns neither who
//! reads nor where, and no address within our own network is asked (docs/security.md: J05; the [`Https`] client looks at each address
//! that a name has, and connects to the one that it looked at).
use crate::turns::Turns;
use markup::WebImage;
use names::AccountId;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;
use std::time::Duration;
use transport::{Https, HttpsRequest};
use world::World;

/// The largest image.
const LARGEST: usize = 5 << 20;
/// How long one may take with all its redirections, and how many those may be.
const PATIENCE: Duration = Duration::from_secs(20);
const MOVES: usize = 3;
/// Images that are asked for at once: of one account, of all.
const OF_ACCOUNT: usize = 6;
const OF_ALL: usize = 64;
/// What is asked for; what comes is looked at.
const ACCEPT: &str = "image/avif,image/webp,image/png,image/jpeg,image/gif";

/// Asks for images. Cheap to clone.
#[derive(Clone)]
pub struct Pictures(Arc<Asking>);

struct Asking {
    https: Arc<dyn Https>,
    /// What the addresses that this process gives out are sealed with.
    key: [u8; 32],
    turns: Turns,
}

/// An image as it is given out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) media: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Pictures {
    /// Asks by this client.
    #[must_use]
    pub fn new(https: Arc<dyn Https>, world: &World) -> Self {
        let mut key = [0; 32];
        world.random.fill(&mut key);
        Self(Arc::new(Asking { https, key, turns: Turns::new(OF_ACCOUNT, OF_ALL) }))
    }

    /// The address under which an image is shown to somebody. It is sealed: only what stands in a message that he was shown is
    /// asked for, so this is no way to the web for everybody.
    pub(crate) fn address(&self, reader: AccountId, image: &WebImage) -> String {
        let url = image.to_string();
        format!("/jmap/image/{}?url={}", self.seal(reader, &url).to_hex(), utf8_percent_encode(&url, NON_ALPHANUMERIC))
    }

    /// The image of such an address; nothing where the seal is not his.
    pub(crate) fn sealed(&self, reader: AccountId, seal: &str, url: &str) -> Option<WebImage> {
        // compared in constant time
        let told = blake3::Hash::from_hex(seal).ok()?;
        if told == self.seal(reader, url) { WebImage::read(url) } else { None }
    }

    fn seal(&self, reader: AccountId, url: &str) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(&self.0.key);
        hasher.update(&reader.0.to_le_bytes()).update(url.as_bytes()).finalize()
    }

    /// Asks for an image; nothing where there is none, or something else. Those of one account wait for one another.
    pub(crate) async fn ask(&self, reader: AccountId, image: WebImage) -> Option<Picture> {
        let _turn = self.0.turns.take(reader).await?;
        tokio::time::timeout(PATIENCE, self.follow(image)).await.ok().flatten()
    }

    async fn follow(&self, mut image: WebImage) -> Option<Picture> {
        for _ in 0..=MOVES {
            let request = HttpsRequest {
                host: image.host().to_owned(),
                path: image.path(),
                post: None,
                fields: vec![("accept", ACCEPT.to_owned())],
                limit: LARGEST,
                timeout: PATIENCE,
            };
            let answer = self.0.https.ask(request).await.ok()?;
            match answer.status {
                200 => return Some(Picture { media: media(&answer.body)?, bytes: answer.body }),
                301 | 302 | 303 | 307 | 308 => image = image.moved(&answer.location?)?,
                _ => return None,
            }
        }
        None
    }
}

/// What an image is, by how it begins: what its server says of it is not believed. Drawings (SVG) are documents, and no image.
fn media(bytes: &[u8]) -> Option<&'static str> {
    let at = |place: usize, sign: &[u8]| bytes.get(place..place + sign.len()) == Some(sign);
    match bytes {
        _ if at(0, b"\x89PNG\r\n\x1a\n") => Some("image/png"),
        _ if at(0, b"\xff\xd8\xff") => Some("image/jpeg"),
        _ if at(0, b"GIF87a") || at(0, b"GIF89a") => Some("image/gif"),
        _ if at(0, b"RIFF") && at(8, b"WEBP") => Some("image/webp"),
        _ if at(4, b"ftypavif") || at(4, b"ftypavis") => Some("image/avif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{MOVES, Picture, Pictures};
    use markup::WebImage;
    use names::AccountId;
    use std::sync::Arc;
    use transport::scripted::ScriptedWeb;
    use transport::{HttpsAnswer, HttpsFault, HttpsRequest};

    const ANNA: AccountId = AccountId(1);
    const GIF: &[u8] = b"GIF89a...";

    type Answer = Result<HttpsAnswer, HttpsFault>;

    fn pictures(site: impl Fn(&HttpsRequest) -> Answer + Send + Sync + 'static) -> (Pictures, Arc<ScriptedWeb>) {
        let web = Arc::new(ScriptedWeb::new(site));
        let (world, _, _) = world::scripted::world();
        (Pictures::new(web.clone(), &world), web)
    }

    fn answer(status: u16, media: &str, location: Option<&str>, body: &[u8]) -> Answer {
        let location = location.map(str::to_owned);
        Ok(HttpsAnswer { status, media_type: media.to_owned(), location, body: body.to_vec() })
    }

    fn image(url: &str) -> WebImage {
        WebImage::read(url).unwrap()
    }

    async fn asked(pictures: &Pictures, url: &str) -> Option<Picture> {
        pictures.ask(ANNA, image(url)).await
    }

    #[test]
    fn j05_only_what_was_shown_to_the_reader_is_asked_for() {
        let (pictures, _) = pictures(|_| answer(200, "image/gif", None, GIF));
        let image = image("https://a.example/x?y=1&z=ü");
        let address = pictures.address(ANNA, &image);
        let (path, query) = address.split_once("?url=").unwrap();
        let url = percent_encoding::percent_decode_str(query).decode_utf8().unwrap();
        let seal = path.strip_prefix("/jmap/image/").unwrap();
        assert!(query.bytes().all(|octet| octet.is_ascii_alphanumeric() || octet == b'%'));
        assert_eq!(pictures.sealed(ANNA, seal, &url), Some(image));
        assert_eq!(pictures.sealed(AccountId(2), seal, &url), None);
        assert_eq!(pictures.sealed(ANNA, seal, "https://b.example/"), None);
        assert_eq!(pictures.sealed(ANNA, &seal.replace(|_: char| true, "0"), &url), None);
        assert_eq!(pictures.sealed(ANNA, "", &url), None);
        // nor does what is sealed lead elsewhere than an image may
        let inner = "https://127.0.0.1/";
        let seal = pictures.seal(ANNA, inner).to_hex();
        assert_eq!(pictures.sealed(ANNA, &seal, inner), None);
    }

    #[tokio::test]
    async fn w05_nothing_is_said_of_who_asks() {
        let (pictures, web) = pictures(|_| answer(200, "text/html", None, GIF));
        let picture = asked(&pictures, "https://a.example/x?y=1").await;
        assert_eq!(picture, Some(Picture { media: "image/gif", bytes: GIF.to_vec() }));
        let request = &web.asked()[0];
        assert_eq!((request.host.as_str(), request.path.as_str(), &request.post), ("a.example", "/x?y=1", &None));
        assert_eq!(request.fields.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["accept"]);
    }

    #[tokio::test]
    async fn w05_what_is_no_image_is_not_given_out() {
        for (status, media, body) in [
            (404, "image/gif", GIF),
            (200, "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>".as_slice()),
            (200, "image/png", b"<html>".as_slice()),
            (200, "image/png", b"".as_slice()),
            (206, "image/gif", GIF),
        ] {
            let (pictures, _) = pictures(move |_| answer(status, media, None, body));
            assert_eq!(asked(&pictures, "https://a.example/").await, None, "{status} {media}");
        }
        let signs: [(&[u8], &str); 4] = [
            (b"\x89PNG\r\n\x1a\n.", "image/png"),
            (b"\xff\xd8\xff.", "image/jpeg"),
            (b"RIFF....WEBP", "image/webp"),
            (b"....ftypavif", "image/avif"),
        ];
        for (sign, media) in signs {
            assert_eq!(super::media(sign), Some(media));
        }
    }

    #[tokio::test]
    async fn j05_redirections_are_few_and_lead_where_an_image_may_be() {
        let steps = |request: &HttpsRequest| match request.path.as_str() {
            "/once" => answer(302, "", Some("/image"), b""),
            "/loop" => answer(301, "", Some("/loop"), b""),
            "/inner" => answer(302, "", Some("http://169.254.169.254/latest/meta-data"), b""),
            "/port" => answer(307, "", Some("https://a.example:8443/"), b""),
            "/nowhere" => answer(302, "", None, b""),
            _ => answer(200, "image/gif", None, GIF),
        };
        let (pictures, web) = pictures(steps);
        assert!(asked(&pictures, "https://a.example/once").await.is_some());
        for bad in ["/inner", "/port", "/nowhere"] {
            let before = web.asked().len();
            assert_eq!(asked(&pictures, &format!("https://a.example{bad}")).await, None, "{bad}");
            assert_eq!(web.asked().len(), before + 1, "{bad}");
        }
        let before = web.asked().len();
        assert_eq!(asked(&pictures, "https://a.example/loop").await, None);
        assert_eq!(web.asked().len(), before + 1 + MOVES);
    }
}
