//! What became of the recipients of a submission, as the worker of the queue finds out.
use super::{Delivered, MAX_REPORTS, RecipientStatus, Submission, UndoStatus};
use crate::delivery::Inner;
use crate::queue::Entry;
use crate::queue::settle::{Action, Told};
use store::BlobHash;

/// Letters of a reply that are kept.
const MAX_REPLY: usize = 200;

impl Inner {
    /// Writes down what became of recipients of an entry, in the account that has given it to the queue. What goes wrong
    /// here is logged, and never in the way of the message.
    pub(crate) async fn note(&self, entry: &Entry, told: &[Told], reports: &[BlobHash]) {
        let news: Vec<RecipientStatus> = told.iter().map(status).collect();
        self.note_that(entry, |submission| {
            for new in &news {
                let known = submission.recipients.iter_mut().filter(|known| known.address == new.address);
                // of one who stands for several, the last word counts, but nothing takes a failure back, and not knowing no notice
                let stays = |known: &RecipientStatus| {
                    known.delivered == Delivered::No
                        || (known.delivered, new.delivered) == (Delivered::Yes, Delivered::Unknown)
                };
                known.filter(|known| !stays(known)).for_each(|known| {
                    *known = RecipientStatus { displayed: known.displayed, ..new.clone() };
                });
            }
            submission.undo = match submission.undo {
                UndoStatus::Pending => UndoStatus::Final,
                other => other,
            };
            for report in reports {
                let report = report.to_string();
                if submission.reports.len() < MAX_REPORTS && !submission.reports.contains(&report) {
                    submission.reports.push(report);
                }
            }
        })
        .await;
    }

    /// Writes down that a message was let go.
    pub(crate) async fn note_let_go(&self, entry: &Entry) {
        let now = self.world.clock.now().secs();
        self.note_that(entry, |submission| {
            if submission.undo == UndoStatus::Pending {
                (submission.undo, submission.send_at) = (UndoStatus::Final, submission.send_at.min(now));
            }
        })
        .await;
    }

    async fn note_that(&self, entry: &Entry, change: impl Fn(&mut Submission) + Send + Sync) {
        let (Some(account), Some(id)) = (entry.account, entry.submission) else { return };
        let noted = async {
            let account = self.store.account(account).await?.acting_as("queue");
            let change = |submission: &mut Submission| {
                (submission.taken, submission.delivery) = (true, None);
                change(submission);
            };
            Submission::change(&account, id, change).await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%account, submission = %id, %error, "what became of it is not written down");
        }
    }
}

fn status(told: &Told) -> RecipientStatus {
    let words = &told.words;
    let (delivered, code) = match told.action {
        Action::Delivered => (Delivered::Yes, "250"),
        // what an operator throws away has been taken, and nobody knows more
        Action::Relayed | Action::Expanded | Action::Discarded => (Delivered::Unknown, "250"),
        Action::Delayed => (Delivered::Queued, "450"),
        Action::Failed => (Delivered::No, "550"),
    };
    // another server's reply as it stands; a sentence of ours as a reply would say it
    let reply = match (words.quoted, words.status.as_str()) {
        (true, _) => words.text.clone(),
        (false, "") => format!("{code} {}", words.text),
        (false, status) => format!("{code} {status} {}", words.text),
    };
    let clean = |letter: char| if letter.is_control() { ' ' } else { letter };
    let reply = reply.chars().map(clean).take(MAX_REPLY).collect();
    RecipientStatus { address: told.pending.original.to_string(), reply, delivered, displayed: false }
}
