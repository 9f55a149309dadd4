//! Where many emails are, with two reads however many they are.
use super::Account;
use super::emails::{ROUNDS, flags_of};
use crate::email::Membership;
use crate::engine::{Found, MAX_PAGE, Read};
use crate::error::Error;
use crate::flags::Flags;
use crate::head::State;
use crate::id::{EmailId, MailboxId, ModSeq, Uid};
use crate::schema::{self, MemberRecord, Place, read_places};
use crate::view::View;
use std::collections::HashMap;
use std::sync::Arc;

impl Account {
    /// Where emails are, in the order asked, as of the last commit on disk; nowhere for one that is deleted. In another's
    /// hand, `\Seen` is that of the hand.
    ///
    /// # Errors
    /// What the engine says.
    pub async fn memberships_of(&self, emails: &[EmailId]) -> Result<Vec<Vec<Membership>>, Error> {
        for _ in 0..ROUNDS {
            let told = self.head.told().await?;
            let places = self.places_of(emails).await?;
            if let Some(all) = self.members_of(&told, &places).await? {
                return Ok(all);
            }
        }
        Err(Error::Conflict)
    }

    async fn places_of(&self, emails: &[EmailId]) -> Result<Vec<Vec<Place>>, Error> {
        let mut all = Vec::with_capacity(emails.len());
        for page in emails.chunks(MAX_PAGE) {
            let reads = page.iter().map(|email| Read::Get(schema::by_email(*email))).collect();
            for found in self.head.ground.engine.read(self.head.partition(), reads).await? {
                all.push(match found {
                    Found::One(Some(record)) => read_places(&record.payload)?,
                    _ => Vec::new(),
                });
            }
        }
        Ok(all)
    }

    /// The memberships at these places; `None` if a commit has just changed one.
    async fn members_of(&self, told: &State, places: &[Vec<Place>]) -> Result<Option<Vec<Vec<Membership>>>, Error> {
        let Some(views) = self.views_for(told, places).await? else { return Ok(None) };
        let unknown: Vec<Place> =
            places.iter().flatten().filter(|place| !views.contains_key(&place.mailbox)).copied().collect();
        let mut read: HashMap<Place, Membership> = HashMap::with_capacity(unknown.len());
        for page in unknown.chunks(MAX_PAGE) {
            let reads = page.iter().map(|place| Read::Get(schema::member(place.mailbox, place.uid))).collect();
            let found = self.head.ground.engine.read(self.head.partition(), reads).await?;
            for (place, found) in page.iter().zip(found) {
                let Found::One(Some(value)) = found else { return Ok(None) };
                let member = MemberRecord::decode(&value.payload)?;
                let flags = flags_of(member.system, &member.keywords, &told.keywords);
                read.extend(membership(*place, flags, ModSeq(member.modseq), member.saved).map(|it| (*place, it)));
            }
        }
        let mut all = Vec::with_capacity(places.len());
        for places in places {
            let mut memberships = Vec::with_capacity(places.len());
            for place in places {
                let found = match views.get(&place.mailbox) {
                    Some(view) => in_view(view, *place),
                    None => read.get(place).cloned(),
                };
                let Some(found) = found else { return Ok(None) };
                memberships.push(found);
            }
            all.push(memberships);
        }
        Ok(Some(all))
    }

    /// The views in which places are looked up: those that are loaded; and all of them for who has a `\Seen` of his own,
    /// which only a view knows. `None` if one of the mailboxes has just gone, with the places in it.
    async fn views_for(
        &self,
        told: &State,
        places: &[Vec<Place>],
    ) -> Result<Option<HashMap<MailboxId, Arc<View>>>, Error> {
        let mut views = HashMap::new();
        let mut mailboxes: Vec<MailboxId> = places.iter().flatten().map(|place| place.mailbox).collect();
        mailboxes.sort_unstable();
        mailboxes.dedup();
        for mailbox in mailboxes {
            let view = match told.view_of(self.sight(mailbox)) {
                Some(view) => view.clone(),
                None if self.has_own_seen() => match self.view(mailbox).await {
                    Ok(view) => view,
                    Err(Error::NoSuchMailbox) => return Ok(None),
                    Err(error) => return Err(error),
                },
                None => continue,
            };
            views.insert(mailbox, view);
        }
        Ok(Some(views))
    }
}

fn in_view(view: &View, place: Place) -> Option<Membership> {
    let message = Uid::new(place.uid).and_then(|uid| view.get(uid))?;
    let flags = Flags { system: message.system, keywords: message.keywords.to_vec() };
    membership(place, flags, message.modseq, u64::from(message.saved))
}

fn membership(place: Place, flags: Flags, modseq: ModSeq, saved: u64) -> Option<Membership> {
    Some(Membership { mailbox: place.mailbox, uid: Uid::new(place.uid)?, flags, modseq, saved })
}
