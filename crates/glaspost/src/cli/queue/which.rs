//! Which messages of the queue are meant: one by its id, or many by what they have in common.
use crate::configuration::Period;
use crate::failure::{Code, Failure};
use admin::QueueFilter;
use delivery::QueueId;
use names::{Address, Domain};

/// What messages may have in common.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Common {
    /// Only those whose sender contains this; an empty text: reports, which have none
    #[arg(long, value_name = "TEXT")]
    sender: Option<String>,
    /// Only those with a recipient that contains this
    #[arg(long, value_name = "TEXT")]
    recipient: Option<String>,
    /// Only those with a recipient at this domain elsewhere, or at this address literal
    #[arg(long, value_name = "DOMAIN", value_parser = Domain::of_address)]
    domain: Option<Domain>,
    /// Only those that this account sent
    #[arg(long, value_name = "ADDRESS")]
    account: Option<Address>,
    /// Only those that have waited for so long, such as `2 h`
    #[arg(long, value_name = "TIME")]
    older_than: Option<Period>,
    /// Only those about which the other side said this last
    #[arg(long, value_name = "TEXT")]
    cause: Option<String>,
}

/// Which messages are listed.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Listed {
    #[command(flatten)]
    common: Common,
    /// Only those on hold
    #[arg(long, conflicts_with = "not_held")]
    held: bool,
    /// Only those not on hold
    #[arg(long)]
    not_held: bool,
}

/// Which messages are changed.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Meant {
    /// The id of one message; left out: all that have in common what follows
    id: Option<QueueId>,
    #[command(flatten)]
    common: Common,
    /// Every message in the queue
    #[arg(long)]
    all: bool,
}

/// One message, or many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Which {
    One(QueueId),
    Many(QueueFilter),
}

impl Common {
    fn filter(self, held: Option<bool>) -> QueueFilter {
        let Self { sender, recipient, domain, account, older_than, cause } = self;
        let older_than = older_than.map(|period| period.0.as_secs());
        QueueFilter { sender, recipient, domain, held, account, older_than, cause }
    }
}

impl Listed {
    pub(crate) fn filter(self) -> QueueFilter {
        let held = (self.held || self.not_held).then_some(self.held);
        self.common.filter(held)
    }
}

impl Meant {
    /// Which ones.
    ///
    /// # Errors
    /// When none is named, or one and others too.
    pub(crate) fn which(self) -> Result<Which, Failure> {
        let filter = self.common.filter(None);
        let several = self.all || filter != QueueFilter::default();
        match self.id {
            Some(id) if !several => Ok(Which::One(id)),
            None if several => Ok(Which::Many(filter)),
            Some(_) => {
                Err(Failure::new(Code::Usage, "name one message by its id, or say which ones are meant, not both"))
            }
            None => Err(Failure::new(
                Code::Usage,
                "name a message by its id, or say which ones are meant, such as `--domain far.example`; `--all` for every one",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        meant: Meant,
    }

    fn which(words: &[&str]) -> Option<Which> {
        let line = Line::try_parse_from([&["x"], words].concat()).unwrap();
        line.meant.which().ok()
    }

    #[test]
    fn one_or_many_and_never_all_by_mistake() {
        let id = "q070000000000000001";
        assert_eq!(which(&[id]), Some(Which::One(id.parse().unwrap())));
        assert_eq!(which(&[]), None);
        assert_eq!(which(&[id, "--all"]), None);
        assert_eq!(which(&[id, "--domain", "far.example"]), None);
        assert_eq!(which(&["--all"]), Some(Which::Many(QueueFilter::default())));
        let filter = QueueFilter { older_than: Some(7_200), sender: Some(String::new()), ..QueueFilter::default() };
        assert_eq!(which(&["--older-than", "2 h", "--sender", ""]), Some(Which::Many(filter)));
    }
}
