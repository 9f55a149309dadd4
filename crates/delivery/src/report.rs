//! Reports to the sender (RFC 3461, RFC 3464): in Dutch and English in one message, never about another recipient than
//! the sender's own, never about a report.
mod text;
use crate::delivery::Inner;
use crate::envelope::{Body, Notify, Origin, Return};
use crate::error::Error;
use crate::queue::ledger::Kept;
use crate::queue::settle::{Action, Told};
use crate::queue::way::Way;
use crate::queue::{Entry, Pending, QueueId};
use crate::routing::{Resolved, Target};
use crate::telling::Reports;
use crate::wishes::{TlsWish, Wishes};
use message::{Builder, BuiltPart, Date, HeaderWriter, Multipart, new_message_id};
use names::Address;
use smtp_wire::{decode_xtext, encode_unitext, unitext_in_ascii};
use store::LineEnds;
use world::UnixTime;

/// A larger message comes back as its header only.
const WHOLE: u64 = 64 * 1024;
/// The most of a header that comes back.
const HEADER: u64 = 64 * 1024;
/// What stands before a report here: it is ours, and never answered.
pub(crate) const RETURN_PATH: &[u8] = b"Return-Path: <>\r\n";

impl Inner {
    /// The reports that `told` asks for, as entries beside `kept`, not yet in the queue.
    ///
    /// # Errors
    /// When the store or the directory is away: the whole attempt is then written down later.
    pub(crate) async fn reports(&self, kept: &Kept, told: &[Told]) -> Result<Reports, Error> {
        let Some(sender) = kept.entry.reverse_path.clone() else { return Ok(Reports::default()) };
        let mut reports = Reports::default();
        for actions in
            [&[Action::Failed][..], &[Action::Delayed], &[Action::Delivered, Action::Relayed, Action::Expanded]]
        {
            let about: Vec<&Told> = told.iter().filter(|told| told.report && actions.contains(&told.action)).collect();
            if about.is_empty() {
                continue;
            }
            let recipients = self.report_to(&sender).await?;
            if recipients.is_empty() {
                tracing::info!(queue_id = %kept.id, "no report: nobody here has the sender's address");
                continue;
            }
            let (id, report) = self.report(kept, &sender, &about, recipients).await?;
            reports.add(kept, &about, id, report);
        }
        Ok(reports)
    }

    /// To whom the sender's address leads, by the routes that are for reports; nobody, where it is not known here (any more).
    pub(crate) async fn report_to(&self, sender: &Address) -> Result<Vec<Pending>, Error> {
        let resolved = self.residents.resolve(sender).await;
        let targets = match resolved.map_err(|error| Error::Report(error.to_string()))? {
            Resolved::Targets(targets) => targets,
            Resolved::Elsewhere => vec![Target::Remote(sender.clone())],
            Resolved::Unknown | Resolved::Suspended | Resolved::Loop | Resolved::TooMany | Resolved::NoPostmaster => {
                Vec::new()
            }
        };
        // what a route refuses is refused when it is tried, which the journal says: nobody else hears of a report
        let (targets, _) = self.by_routes(&Way::default(), targets);
        let due = self.world.clock.now();
        let pending = |target: Target| {
            let (account, taken_from, address) = target.parts();
            Pending {
                address: address.clone(),
                account,
                taken_from,
                original: sender.clone(),
                orcpt: None,
                notify: Notify::NEVER,
                trail: Vec::new(),
                attempts: 0,
                due,
                reply: None,
                warned: false,
                relayed: None,
                rewrite: false,
            }
        };
        Ok(targets.into_iter().map(pending).collect())
    }

    async fn report(
        &self,
        kept: &Kept,
        sender: &Address,
        about: &[&Told],
        recipients: Vec<Pending>,
    ) -> Result<(QueueId, Entry), Error> {
        let now = self.world.clock.now();
        // RFC 3461, 4.3: of a message that was not given up only the header comes back, whatever RET says
        let failed = about.iter().any(|told| told.action == Action::Failed);
        let returned = self.returned(&kept.entry, failed).await?;
        let bytes = self.build(kept, sender, about, returned, now);
        let mut writer = self.store.blob_writer(LineEnds::Keep);
        writer.write(RETURN_PATH).await?;
        writer.write(&bytes).await?;
        let blob = writer.finish().await?;
        let prefix_len = u32::try_from(RETURN_PATH.len()).unwrap_or(0);
        let id = QueueId { partition: kept.id.partition, number: self.world.random.number() };
        let entry = Entry {
            delivery: id.delivery(self.world.random.number()),
            reverse_path: None,
            origin: Origin::Own,
            account: None,
            listener: None,
            priority: 0,
            reroute: None,
            ret: None,
            envid: None,
            body: if bytes.is_ascii() { Body::SevenBit } else { Body::EightBitMime },
            utf8: sender.needs_utf8(),
            blob: blob.hash,
            size: blob.size,
            prefix_len,
            return_path_len: prefix_len,
            created: now,
            hold: None,
            submission: None,
            // RFC 8689, 5: what says no less than the message goes no less safely
            wishes: Wishes { tls: kept.entry.wishes.tls, ..Wishes::default() },
            recipients,
        };
        Ok((id, entry))
    }

    /// The message that the report is about, or its header (RFC 3461, 4.3 and 6.2).
    async fn returned(&self, entry: &Entry, failed: bool) -> Result<Returned, Error> {
        let from = u64::from(entry.return_path_len);
        let source = self.store.engine().blobs().open(entry.blob).await.map_err(store::Error::from)?;
        let Some(source) = source else { return Ok(Returned::Header(Vec::new())) };
        // a stranger's message may be sent in somebody else's name: who did not ask gets little of it back
        let wanted = entry.ret.map_or(entry.origin.may_relay(), |ret| ret == Return::Full);
        // RFC 8689, 5: the way back may be less safe, so the text stays here
        let wanted = wanted && entry.wishes.tls != TlsWish::Required;
        let whole = failed && wanted && entry.size.saturating_sub(from) <= WHOLE;
        let end = if whole { source.size() } else { from.saturating_add(HEADER).min(source.size()) };
        let bytes = source.read(from..end).await.map_err(store::Error::from)?;
        if whole {
            return Ok(Returned::Whole(bytes.to_vec()));
        }
        let header = bytes.windows(4).position(|window| window == b"\r\n\r\n").map_or(bytes.len(), |at| at + 2);
        // a header that is cut ends with a whole line
        let cut = bytes.get(..header).unwrap_or_default();
        let line = cut.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        Ok(Returned::Header(cut.get(..line).unwrap_or_default().to_vec()))
    }

    fn build(&self, kept: &Kept, sender: &Address, about: &[&Told], returned: Returned, now: UnixTime) -> Vec<u8> {
        let settings = &self.settings;
        let host = settings.host_name.as_str();
        let seconds = i64::try_from(now.secs()).unwrap_or(i64::MAX);
        let header = HeaderWriter::new()
            // RFC 3461, 6.2: who looks after the mail system here, and can be answered
            .addresses("From", &[(Some("Mail Delivery System"), &settings.postmaster())])
            .addresses("To", &[(None, &sender.to_string())])
            .text("Subject", &text::subject(about, &settings.languages))
            .field("Date", &Date::utc(seconds).to_string())
            .field("Message-ID", &new_message_id(self.world.random.wide(), host))
            // RFC 3834, 5.1
            .field("Auto-Submitted", "auto-replied");
        let until = kept.entry.ends(settings.give_up_after);
        let explained = text::text(about, &settings.languages, host, until, matches!(returned, Returned::Whole(_)));
        let mut groups = vec![about_message(&kept.entry, host)];
        groups.extend(about.iter().map(|told| about_recipient(told, until)));
        let parts = [
            BuiltPart::text(&explained),
            BuiltPart::delivery_status(groups),
            match returned {
                Returned::Whole(bytes) => BuiltPart::message(bytes),
                Returned::Header(bytes) => BuiltPart::headers(bytes),
            },
        ];
        Builder::new(header).multipart(Multipart::DeliveryStatus, &parts, self.world.random.number())
    }
}

enum Returned {
    Whole(Vec<u8>),
    Header(Vec<u8>),
}

/// The fields about the message (RFC 3464, 2.2).
fn about_message(entry: &Entry, host: &str) -> HeaderWriter {
    let mut fields = HeaderWriter::new();
    if let Some(envid) = entry.envid.as_deref().and_then(decoded) {
        fields = fields.field("Original-Envelope-Id", &envid);
    }
    fields = fields.field("Reporting-MTA", &format!("dns; {host}")).field("Arrival-Date", &date(entry.created));
    // RFC 4865: what was asked is a field about the message
    if let Some(hold) = entry.wishes.release.and_then(|release| release.asked) {
        fields = fields.field("Future-Release-Request", &hold.request());
    }
    match entry.wishes.by {
        // RFC 2852, 5
        Some(by) => fields.field("Deliver-By-Date", &date(by.at)),
        None => fields,
    }
}

fn date(at: UnixTime) -> String {
    Date::utc(i64::try_from(at.secs()).unwrap_or(i64::MAX)).to_string()
}

/// The fields about one recipient (RFC 3464, 2.3), by the address that the sender wrote: where an alias leads is not
/// told.
fn about_recipient(told: &Told, until: UnixTime) -> HeaderWriter {
    let mut fields = HeaderWriter::new();
    if let Some(original) = told.pending.orcpt.as_deref().and_then(original_recipient) {
        fields = fields.field("Original-Recipient", &original);
    }
    let address = &told.pending.original;
    let (kind, address) = match address.needs_utf8() {
        true => ("utf-8", encode_unitext(&address.to_string())),
        false => ("rfc822", address.to_string()),
    };
    let status = match told.action {
        Action::Failed | Action::Delayed => told.words.status.as_str(),
        Action::Delivered | Action::Relayed | Action::Expanded | Action::Discarded => "2.0.0",
    };
    fields = fields
        .field("Final-Recipient", &format!("{kind}; {address}"))
        .field("Action", told.action.name())
        .field("Status", if status.is_empty() { "4.0.0" } else { status });
    if let Some(name) = text::asked(told).and_then(|server| server.split(' ').next()) {
        fields = fields.field("Remote-MTA", &format!("dns; {name}"));
    }
    // RFC 3464, 2.3.6: of another server's words, as it said them
    if let Some((_, words)) = text::said(told) {
        // and RFC 3464, 2.1: in seven bits
        let words: String = words.chars().map(|letter| if letter.is_ascii() { letter } else { '?' }).collect();
        fields = fields.field("Diagnostic-Code", &format!("smtp; {words}"));
    }
    if told.action == Action::Delayed {
        let seconds = i64::try_from(until.secs()).unwrap_or(i64::MAX);
        fields = fields.field("Will-Retry-Until", &Date::utc(seconds).to_string());
    }
    fields
}

/// ORCPT as a report shows it: `type; address` with the xtext read (RFC 3461, 6.3).
fn original_recipient(orcpt: &str) -> Option<String> {
    let (kind, address) = orcpt.split_once(';')?;
    // RFC 6533, 3: this type has a coding of its own, which a report keeps
    let address = if kind.eq_ignore_ascii_case("utf-8") { address.to_owned() } else { decoded(address)? };
    Some(format!("{kind}; {}", unitext_in_ascii(&address)))
}

/// What xtext stands for (RFC 3461, 4), as far as it is text.
fn decoded(xtext: &str) -> Option<String> {
    decode_xtext(xtext).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_beyond_ascii_go_in_seven_bits() {
        for (orcpt, shown) in [
            ("rfc822;anna+2Bshop@x.example", Some("rfc822; anna+shop@x.example")),
            (r"utf-8;ren\x{E9}@x.example", Some(r"utf-8; ren\x{E9}@x.example")),
            ("UTF-8;ren\u{e9}@x.example", Some(r"UTF-8; ren\x{E9}@x.example")),
            ("rfc822;+E9@x.example", Some(r"rfc822; \x{FFFD}@x.example")),
            ("nothing", None),
        ] {
            assert_eq!(original_recipient(orcpt).as_deref(), shown, "{orcpt}");
        }
    }
}
