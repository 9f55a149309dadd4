//! In whose name a message goes out: its sender's, or, where an address here has sent it on, one of ours that stands for
//! him.
use crate::delivery::Inner;
use crate::error::Error;
use crate::queue::{Entry, Pending};
use names::Address;
use std::collections::HashMap;

/// Recipients to whom a message goes in one name.
pub(crate) struct InName<'a> {
    /// What MAIL says; `None` for the null reverse-path.
    pub(crate) sender: Option<Address>,
    pub(crate) recipients: Vec<&'a Pending>,
}

impl Inner {
    /// The recipients by the name in which the message goes to them. An address goes by one name, though several
    /// recipients lead there: its sender's, if any of them asks for that.
    ///
    /// # Errors
    /// When the key of such names could not be read.
    pub(crate) async fn by_name<'a>(&self, entry: &Entry, goes: &[&'a Pending]) -> Result<Vec<InName<'a>>, Error> {
        let own = |recipients: Vec<&'a Pending>| InName { sender: entry.reverse_path.clone(), recipients };
        let Some(sender) = entry.reverse_path.as_ref().filter(|_| goes.iter().any(|pending| pending.rewrite)) else {
            return Ok(vec![own(goes.to_vec())]);
        };
        let (key, now) = (self.srs_key().await?, self.world.clock.now());
        let mut names: HashMap<&Address, Address> = HashMap::new();
        for pending in goes {
            let name = if pending.rewrite { key.forward(sender, pending.original.domain(), now) } else { None };
            let name = name.unwrap_or_else(|| sender.clone());
            names
                .entry(&pending.address)
                .and_modify(|known| {
                    if name == *sender {
                        *known = name.clone()
                    }
                })
                .or_insert(name);
        }
        let mut found: Vec<InName<'a>> = Vec::new();
        for pending in goes {
            let name = names.get(&pending.address).unwrap_or(sender);
            match found.iter_mut().find(|one| one.sender.as_ref() == Some(name)) {
                Some(one) => one.recipients.push(pending),
                None => found.push(InName { sender: Some(name.clone()), recipients: vec![pending] }),
            }
        }
        Ok(found)
    }
}
