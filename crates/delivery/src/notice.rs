//! What the server tells a customer about his own account: a message in his inbox, from the server itself. No quota refuses
//! it, no blocked sender hides it, and nothing answers it.
use crate::delivery::Delivery;
use crate::homes::{Mail, Writer};
use crate::report::RETURN_PATH;
use message::{Builder, Date, HeaderWriter, new_message_id};
use names::{AccountId, Address};
use store::{DeliveryId, LineEnds, QuotaCheck, ReceivedAt};
use texts::Language;

/// What is told.
#[derive(Debug, Clone, Copy)]
pub enum Notice<'a> {
    /// Mail goes on to others from now on.
    Forwarding {
        /// To whom; to nobody: it does no more.
        targets: &'a [Address],
        /// Whether the account gets it too.
        keep: bool,
    },
}

impl Delivery {
    /// Puts a notice into the inbox of `account`, whose address is `address`. It is on disk when this returns.
    ///
    /// # Errors
    /// What the store says.
    pub async fn notify(&self, account: AccountId, address: &Address, notice: &Notice<'_>) -> Result<(), store::Error> {
        let inner = &self.0;
        let (host, now) = (inner.settings.host_name.as_str(), inner.world.clock.now());
        let header = HeaderWriter::new()
            .addresses("From", &[(None, &inner.settings.postmaster())])
            .addresses("To", &[(None, &address.to_string())])
            .text("Subject", notice.subject(inner.settings.languages.first().copied()))
            .field("Date", &Date::utc(i64::try_from(now.secs()).unwrap_or(i64::MAX)).to_string())
            .field("Message-ID", &new_message_id(inner.world.random.wide(), host))
            // RFC 3834, 5.1
            .field("Auto-Submitted", "auto-generated");
        let bytes = Builder::new(header).text(&notice.text(address, &inner.settings.languages));
        let mut writer = inner.store.blob_writer(LineEnds::Keep);
        writer.write(RETURN_PATH).await?;
        writer.write(&bytes).await?;
        let mail = Mail {
            delivery: DeliveryId(inner.world.random.wide()),
            blob: writer.finish().await?,
            prefix_len: u32::try_from(RETURN_PATH.len()).unwrap_or(0),
            received: ReceivedAt::utc(now),
            original_recipient: address.to_string(),
            quota: QuotaCheck::Settled,
            writer: Writer::Server,
        };
        let (delivery, blob) = (mail.delivery, mail.blob.clone());
        inner.homes.deliver(account, mail).await?;
        inner.made_here(delivery, address, &blob);
        inner.stored(delivery, address, account, blob.size);
        Ok(())
    }
}

impl Notice<'_> {
    fn subject(&self, language: Option<Language>) -> &'static str {
        let texts = &language.unwrap_or(Language::English).texts().forwarding;
        match self {
            Self::Forwarding { targets: [], .. } => texts.off_subject,
            Self::Forwarding { .. } => texts.on_subject,
        }
    }

    /// The text, in every language.
    fn text(&self, address: &Address, languages: &[Language]) -> String {
        let texts = languages.iter().map(|language| self.in_language(address, *language));
        texts.collect::<Vec<_>>().join("\n----\n\n")
    }

    fn in_language(&self, address: &Address, language: Language) -> String {
        let texts = &language.texts().forwarding;
        let account = address.to_string();
        let what = match self {
            Self::Forwarding { targets: [], .. } => (texts.off)(&account),
            Self::Forwarding { targets, keep } => {
                let to: String = targets.iter().map(|target| format!("  {target}\n")).collect();
                let copy = if *keep { texts.copy } else { texts.no_copy };
                format!("{}\n\n{to}\n{copy}", (texts.on)(&account))
            }
        };
        format!("{what}\n\n{}\n", texts.not_you)
    }
}
