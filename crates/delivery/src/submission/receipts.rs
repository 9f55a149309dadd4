//! What notices say is written into the submission that they are about, in the account that has sent it.
use super::heard::{self, Heard, Kind, Said, What};
use super::{Delivered, MAX_REPORTS, RecipientStatus, Submission};
use serde::Deserialize;
use store::{Account, Error, NewBlob, ObjectId, ObjectKind, Store};

/// Submissions of a page.
const PAGE: usize = 50;

/// The one member that is looked at in each.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    message_id: Option<String>,
}

/// Takes note of a notice that has come into `account`, if it is about what that has sent. What goes wrong here is logged, and
/// never in the way of the message.
pub(crate) async fn hear(store: &Store, account: &Account, blob: &NewBlob) {
    match note(store, account, blob).await {
        Ok(()) => {}
        Err(error) => tracing::warn!(account = %account.id(), %error, "a notice is not matched to what it is about"),
    }
}

async fn note(store: &Store, account: &Account, blob: &NewBlob) -> Result<(), Error> {
    if account.object_count(ObjectKind::Submission).await? == 0 {
        return Ok(());
    }
    let Some(source) = store.engine().blobs().open(blob.hash).await? else { return Ok(()) };
    let Some(heard) = heard::read(&blob.parsed, source.as_ref()).await? else { return Ok(()) };
    let Some(id) = find(account, &heard.about).await? else { return Ok(()) };
    let report = blob.hash.to_string();
    Submission::change(account, id, |submission| submission.hears(&heard, &report)).await.map(drop)
}

/// The last submission of a message with this Message-ID.
async fn find(account: &Account, message_id: &str) -> Result<Option<ObjectId>, Error> {
    let (mut found, mut after, mut more) = (None, None, true);
    while more {
        let page = account.objects_after(ObjectKind::Submission, after, PAGE).await?;
        more = page.1;
        after = page.0.last().map(|object| object.id);
        for object in page.0 {
            let named = serde_json::from_slice::<Named>(&object.value).ok().and_then(|named| named.message_id);
            if named.as_deref() == Some(message_id) {
                found = Some(object.id);
            }
        }
    }
    Ok(found)
}

impl Submission {
    /// RFC 8621, 7: `deliveryStatus`, `dsnBlobIds` and `mdnBlobIds`.
    fn hears(&mut self, heard: &Heard, report: &str) {
        for said in &heard.said {
            for known in self.recipients.iter_mut().filter(|known| said.is_of(known)) {
                known.hears(said);
            }
        }
        let list = match heard.kind {
            Kind::Disposition => &mut self.receipts,
            Kind::Status => &mut self.reports,
        };
        if list.len() < MAX_REPORTS && !list.iter().any(|known| known == report) {
            list.push(report.to_owned());
        }
    }
}

impl RecipientStatus {
    fn hears(&mut self, said: &Said) {
        match said.what {
            What::Displayed => self.displayed = true,
            // anybody may write a notice: what is known nobody takes back
            What::Delivered | What::Failed if matches!(self.delivered, Delivered::Yes | Delivered::No) => return,
            What::Delivered => self.delivered = Delivered::Yes,
            What::Failed => self.delivered = Delivered::No,
            What::Else => return,
        }
        if let Some(reply) = &said.reply {
            self.reply.clone_from(reply);
        }
    }
}

impl Said {
    fn is_of(&self, known: &RecipientStatus) -> bool {
        self.of.iter().any(|address| address.eq_ignore_ascii_case(&known.address))
    }
}
