//! Memberships.
use super::Look;
use super::account::Sums;
use crate::engine::{Key, Value};
use crate::error::Error;
use crate::flags::SystemFlags;
use crate::id::MailboxId;
use crate::key::KeyReader;
use crate::records::KeyRange;
use crate::schema::{self, EmailRecord, MemberRecord, Place, kind, read_places};

/// A membership with its key read.
pub(super) fn member_of(key: &Key, value: &Value) -> Result<(Place, MemberRecord), Error> {
    let mut parts = KeyReader::new(key, kind::MEMBER)?;
    let place = Place { mailbox: MailboxId(parts.u64()?), uid: parts.u32()? };
    Ok((place, MemberRecord::decode(&value.payload)?))
}

impl Look<'_> {
    pub(super) async fn members(&mut self, modseq: u64, sums: &mut Sums) -> Result<(), Error> {
        let mut range = KeyRange::prefix(&[kind::MEMBER]);
        while let Some(page) = self.page(&mut range).await? {
            let mut members = Vec::with_capacity(page.len());
            for (key, value) in &page {
                members.extend(self.decoded(key, member_of(key, value)));
            }
            for (place, member) in &members {
                self.member(*place, member, modseq, sums);
            }
            self.members_back(&members).await?;
        }
        Ok(())
    }

    fn member(&mut self, place: Place, member: &MemberRecord, modseq: u64, sums: &mut Sums) {
        let Place { mailbox, uid } = place;
        self.report.messages += 1;
        match sums.mailboxes.get(&mailbox) {
            None => self.fault(format!("message {mailbox}/{uid}: there is no such mailbox")),
            Some(found) => {
                if uid == 0 || (found.uid_next != 0 && uid >= found.uid_next) {
                    self.fault(format!("message {mailbox}/{uid}: the next UID is {}", found.uid_next));
                }
                if member.modseq > found.modseq.0 || member.modseq > modseq {
                    self.fault(format!("message {mailbox}/{uid}: its modseq is above its mailbox's"));
                }
            }
        }
        if member.keywords.iter().any(|number| u32::from(*number) >= sums.keywords) {
            self.fault(format!("message {mailbox}/{uid}: a keyword of it is not in the table"));
        }
        let counted = sums.counted.entry(mailbox).or_default();
        counted.messages += 1;
        counted.bytes += member.size;
        counted.unseen += u64::from(!member.system.contains(SystemFlags::SEEN));
        counted.deleted += u64::from(member.system.contains(SystemFlags::DELETED));
    }

    /// Each membership is in its email's list, and agrees with its email.
    async fn members_back(&mut self, members: &[(Place, MemberRecord)]) -> Result<(), Error> {
        let keys = members.iter().flat_map(|(_, member)| [schema::by_email(member.email), schema::email(member.email)]);
        let mut found = self.get(keys.collect()).await?.into_iter();
        for (place, member) in members {
            let (places, email) = (found.next().flatten(), found.next().flatten());
            let name = format!("message {}/{}", place.mailbox, place.uid);
            let places = places.and_then(|value| read_places(&value.payload).ok()).unwrap_or_default();
            if !places.contains(place) {
                self.fault(format!("{name}: it is not in the list of email {}", member.email));
            }
            if places.len() > 1 && !member.shared {
                self.fault(format!("{name}: it does not know that email {} is elsewhere too", member.email));
            }
            match email.map(|value| EmailRecord::decode(&value.payload)) {
                Some(Ok(email)) if email.thread == member.thread && email.size == member.size => {}
                Some(Ok(_)) => self.fault(format!("{name}: it disagrees with email {}", member.email)),
                _ => self.fault(format!("{name}: email {} is not there", member.email)),
            }
        }
        Ok(())
    }
}
