//! How much who sends may send: an account by its allowance over all doors, an address by the rates of this one (RFC 6409, 6).
use super::phase::Filing;
use super::{Session, refusal};
use journal::{Cause, Refused};
use names::Address;
use smtp_wire::Reply;
use std::net::IpAddr;

impl Session {
    /// Whether the service desk lets who logged in send at all; and who files it then.
    pub(super) async fn may_send(&mut self) -> Result<Filing, Reply> {
        let Some(login) = &self.login else { return Ok(Filing::Elsewhere) };
        match self.house.parts.directory.account(&login.address).await {
            Ok(account) if account.held.is_some() => {
                self.note_refused(Refused::Sender, "", Cause::SendingHeld);
                Err(refusal::sending_held())
            }
            Ok(account) => Ok(if account.send_once { Filing::Here } else { Filing::Elsewhere }),
            Err(error) => {
                tracing::warn!(%error, "account not looked up");
                Err(refusal::directory(&error))
            }
        }
    }

    /// Takes a message from what may be sent.
    pub(super) async fn take_message(&mut self) -> Result<(), Reply> {
        let taken = match (&self.login, &self.door().limits.allowance) {
            (Some(login), Some(limits)) => {
                let senders = &self.house.parts.senders;
                senders.message(login.account, limits, &self.journal_peer()).await
            }
            (Some(_), None) => Ok(()),
            (None, _) => match &self.house.messages {
                Some(rates) => rates.take(self.household(), 1, self.house.parts.world.clock.now()),
                None => Ok(()),
            },
        };
        taken.map_err(|error| {
            self.note_refused(Refused::Sender, "", Cause::RateExceeded);
            refusal::rate(&error)
        })
    }

    /// Takes a recipient from those to whom may be sent.
    pub(super) async fn take_recipient(&mut self, address: &Address) -> Result<(), Reply> {
        let taken = match (&self.login, &self.door().limits.allowance) {
            (Some(login), Some(limits)) => {
                let senders = &self.house.parts.senders;
                senders.recipient(login.account, limits, address, &self.journal_peer()).await
            }
            (Some(_), None) => Ok(()),
            (None, _) => match &self.house.recipients {
                Some(rates) => rates.take(self.household(), 1, self.house.parts.world.clock.now()),
                None => Ok(()),
            },
        };
        taken.map_err(|error| {
            self.note_refused(Refused::Recipient, &address.to_string(), Cause::RateExceeded);
            refusal::rate(&error)
        })
    }

    /// One customer's address: of IPv6 the /64, in which his machines take any they like.
    fn household(&self) -> IpAddr {
        match self.talk.peer.remote.ip().to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
            address @ IpAddr::V4(_) => address,
        }
    }
}
