//! STARTTLS (RFC 3207).
use super::phase::Phase;
use super::turn::{Then, Turn};
use super::{Session, refusal};
use journal::{Cause, Refused};
use smtp_wire::{EnhancedCode, Reply};
use std::io;

pub(super) async fn starttls(session: &mut Session, phase: Phase, arguments: &[u8]) -> io::Result<Turn> {
    let refused = if !session.door().starttls {
        refusal::not_implemented()
    } else if session.talk.peer.tls.is_some() {
        refusal::tls_already()
    } else if !session.talk.can_start_tls() {
        refusal::no_certificate()
    } else if !arguments.is_empty() {
        refusal::no_argument()
    } else if !matches!(phase, Phase::Ungreeted | Phase::Greeted(_)) {
        // RFC 3207, 4.2 forgets everything: within a transaction the client is confused
        refusal::within_transaction()
    } else {
        let reply = Reply::new(220, EnhancedCode(2, 0, 0), "begin TLS");
        return Ok(Turn { phase: Phase::Ungreeted, replies: vec![reply], then: Then::Handshake });
    };
    Ok(Turn::say(phase, refused))
}

impl Session {
    /// Whether STARTTLS is offered just now.
    pub(super) fn may_start_tls(&self) -> bool {
        self.door().starttls && self.talk.can_start_tls()
    }

    /// Makes the handshake. Afterwards nothing of before counts (RFC 3207, 4.2): not the name, not what was pipelined.
    pub(super) async fn handshake(&mut self) -> bool {
        self.name = None;
        self.login = None;
        match self.talk.start_tls().await {
            Ok(()) => true,
            Err(error) => {
                tracing::debug!(%error, session = %self.talk.peer.session, "no TLS");
                self.note_refused(Refused::Connection, "", Cause::TlsHandshakeFailed);
                false
            }
        }
    }
}
