//! Uploads (RFC 8620, 6.1): bytes in, as they come; named in the uploader's own account for an hour.
use crate::blobs;
use crate::caller::Caller;
use crate::error::Error;
use crate::jmap::{Jmap, Parts, open_account};
use jmap_wire::{Id, RequestError};
use serde_json::{Value, json};
use std::sync::Arc;
use store::{BlobWriter, LineEnds};

/// An upload that has begun. Dropped unfinished, nothing is kept.
pub struct Upload {
    parts: Arc<Parts>,
    caller: Caller,
    account: Id,
    media: String,
    writer: BlobWriter,
    taken: u64,
}

impl Jmap {
    /// Begins an upload of this type into an account.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such account.
    pub async fn upload(&self, caller: &Caller, account: &str, media: &str) -> Result<Upload, Error> {
        let opened = open_account(self.parts(), caller, account).await?.ok_or(Error::NotFound)?;
        // Mail has CRLF at the ends of its lines, however it comes in; anything else stays as it is.
        let kind = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_mail = matches!(kind.as_str(), "message/rfc822" | "message/global");
        let ends = if is_mail { LineEnds::ToCrlf } else { LineEnds::Keep };
        let writer = self.parts().store.blob_writer(ends);
        let media = if media.is_empty() { "application/octet-stream" } else { media };
        let (parts, account, media) = (Arc::clone(self.parts()), opened.id, media.to_owned());
        Ok(Upload { parts, caller: caller.clone(), account, media, writer, taken: 0 })
    }
}

impl Upload {
    /// Takes more bytes.
    ///
    /// # Errors
    /// Beyond `maxSizeUpload`, or when the disk is full.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.taken = self.taken.saturating_add(bytes.len() as u64);
        if self.taken > self.parts.settings.max_message_size.bytes() {
            return Err(RequestError::Limit("maxSizeUpload").into());
        }
        Ok(self.writer.write(bytes).await?)
    }

    /// Ends it; what it gives is the answer.
    ///
    /// # Errors
    /// When the account has too many of them, or too little room.
    pub async fn finish(self) -> Result<Value, Error> {
        let blob = self.writer.finish().await?;
        blobs::keep(&self.parts, &self.caller, (blob.hash, blob.size)).await?;
        Ok(json!({
            "accountId": self.account.as_str(),
            "blobId": blob.hash.to_string(),
            "type": self.media,
            "size": blob.size,
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::Error;
    use crate::bench::Bench;
    use jmap_wire::RequestError;

    #[tokio::test]
    async fn bytes_become_a_blob_that_only_the_uploader_reads() {
        let bench = Bench::new().await;
        let anna = bench.anna.account.to_string();
        let mut upload = bench.jmap.upload(&bench.anna, &anna, "image/png").await.unwrap();
        upload.write(b"a\n").await.unwrap();
        upload.write(b"b").await.unwrap();
        let told = upload.finish().await.unwrap();
        assert_eq!(
            (&told["accountId"], &told["type"], &told["size"]),
            (&anna.clone().into(), &"image/png".into(), &3.into())
        );
        let id = told["blobId"].as_str().unwrap();
        let mut blob = bench.jmap.download(&bench.anna, &anna, id).await.unwrap().unwrap();
        assert_eq!(blob.next().await.unwrap().unwrap(), "a\nb");
        let bram = bench.bram.account.to_string();
        assert!(bench.jmap.download(&bench.bram, &bram, id).await.unwrap().is_none());
        assert!(matches!(bench.jmap.download(&bench.bram, &anna, id).await, Err(Error::NotFound)));
        assert!(matches!(bench.jmap.upload(&bench.bram, &anna, "").await.map(drop), Err(Error::NotFound)));
    }

    #[tokio::test]
    async fn mail_gets_its_line_ends() {
        let bench = Bench::new().await;
        let anna = bench.anna.account.to_string();
        let mut upload = bench.jmap.upload(&bench.anna, &anna, "Message/RFC822; x=y").await.unwrap();
        upload.write(b"a: b\n\nc\n").await.unwrap();
        assert_eq!(upload.finish().await.unwrap()["size"], 11);
    }

    #[tokio::test]
    async fn j14_an_upload_has_a_size_and_all_have_one_together() {
        let bench = Bench::with(|settings| settings.max_message_size = names::ByteSize(10)).await;
        let anna = bench.anna.account.to_string();
        for number in 0..10_u8 {
            let mut upload = bench.jmap.upload(&bench.anna, &anna, "").await.unwrap();
            upload.write(&[number; 10]).await.unwrap();
            upload.finish().await.unwrap();
        }
        let mut upload = bench.jmap.upload(&bench.anna, &anna, "").await.unwrap();
        upload.write(&[99; 10]).await.unwrap();
        assert!(matches!(upload.finish().await, Err(Error::Store(store::Error::OverQuota { .. }))));
        let mut upload = bench.jmap.upload(&bench.anna, &anna, "").await.unwrap();
        let refused = upload.write(&[0; 11]).await;
        assert_eq!(refused, Err(RequestError::Limit("maxSizeUpload").into()));
    }
}
