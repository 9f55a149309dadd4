//! What decides, beside the destination, by which way a message leaves.
use super::entry::Entry;
use crate::envelope::Sender;
use crate::next_hop::NextHop;
use names::Domain;

/// What is known of a message before it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Way {
    /// The domain of the reverse-path.
    pub(crate) sender_domain: Option<Domain>,
    /// The listener that took it.
    pub(crate) listener: Option<String>,
    /// Where an operator sends it in place of where it would go.
    pub(crate) reroute: Option<NextHop>,
}

impl Way {
    /// That of mail from `sender`.
    pub(crate) fn by(sender: &Sender) -> Self {
        Self {
            sender_domain: sender.reverse_path.as_ref().map(|address| address.domain().clone()),
            listener: sender.peer.as_ref().map(|peer| peer.listener.to_string()),
            reroute: None,
        }
    }

    /// That of an entry.
    pub(crate) fn of(entry: &Entry) -> Self {
        Self {
            sender_domain: entry.reverse_path.as_ref().map(|address| address.domain().clone()),
            listener: entry.listener.clone(),
            reroute: entry.reroute.clone(),
        }
    }
}
