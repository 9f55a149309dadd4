//! English.
mod settings_page;

use crate::texts::{Forwarding, Meanings, Notice, Report, Texts, Vacation};

pub(crate) static TEXTS: Texts = Texts {
    name: "English",
    settings_page: settings_page::PAGE,
    report: Report {
        failed_subject: "Your message was not delivered",
        delayed_subject: "Your message is delayed",
        delivered_subject: "Your message was delivered",
        opening: |server| format!("This is a report of the mail server {server} about a message that you sent."),
        failed: "It could not be delivered to:",
        delayed: "It could not be delivered yet, and will be tried again, to:",
        delivered: "It is in the mailbox of:",
        relayed: "It was handed over to the recipient's mail server, which sends no report of its own:",
        expanded: "It was passed on to all for whom this address stands:",
        until: |date| format!("We go on trying until {date}. You need not send it again."),
        words: |server, words| format!("The mail server {server} said: {words}"),
        whole: "Your message is attached.",
        headers: "The headers of your message are attached.",
        meaning: Meanings {
            no_such_address: "Nobody has this address. Check how it is spelt.",
            no_such_domain: "The part behind the @ does not exist or takes no mail. Check how it is spelt.",
            mailbox_closed: "This mailbox is closed. Try to reach the recipient in another way.",
            mailbox_full: "The recipient's mailbox is full. Try again later, or reach the recipient in another way.",
            too_large: "The message is too large for the recipient. Send it without attachments, or in parts.",
            unreachable: "The recipient's mail server does not answer.",
            no_server: "No mail server on the Internet can be found for the part behind the @. Check how it is spelt; if it is right, only the owner of that domain can mend this.",
            circle: "The message went round in circles. The recipient's mail is forwarded to itself.",
            time_up: "It was tried for days without success. Check the address, or try to reach the recipient in another way.",
            no_eight_bit: "The recipient's mail server takes plain characters only, and this message cannot be converted to them. Send it without a signature or encryption, or as an attachment.",
            no_utf8: "An address or a header line has letters that the recipient's mail server cannot read. Write the subject without such letters, or ask the recipient for another address.",
            not_wanted: "The recipient's mail server does not want this message. The reason it gives stands below.",
            other: "The recipient's mail server could not take the message.",
        },
    },
    vacation: Vacation {
        subject: |subject| format!("Auto: {subject}"),
        text: "I am away and will read your message when I am back.\n",
    },
    notice: Notice {
        subject: |subject| format!("Read: {subject}"),
        text: "Your message was received by the mail program of its reader. That does not say that it was read or understood.\n",
    },
    forwarding: Forwarding {
        on_subject: "Your mail is sent on",
        off_subject: "Your mail is sent on no more",
        on: |account| format!("From now on the mail for {account} is sent on to:"),
        off: |account| format!("From now on the mail for {account} is sent on no more."),
        copy: "A copy stays in this mailbox.",
        no_copy: "No copy stays in this mailbox.",
        not_you: "If it was not you who set this: set another password in the webmail, switch it off, and tell your provider.",
    },
};
