//! FETCH replies that nobody has asked for by FETCH: what NOTIFY wants to know of new messages (RFC 5465, 5.2).
use super::{Fetched, PAGE, Page};
use crate::session::completion::Ended;
use crate::session::messages::Addressing;
use crate::session::selected::Selected;
use crate::session::talk::Talk;
use imap_wire::FetchItem;
use store::Uid;

/// Sends what NOTIFY asks of messages that have come (RFC 5465, 5.2). Nobody has read them: `\Seen` is left alone
/// whatever is asked. What cannot be read is left out.
pub(in crate::session) async fn announce(
    selected: &Selected,
    talk: &mut Talk,
    items: &[FetchItem],
    uids: &[Uid],
) -> Result<(), Ended> {
    let mut answer = Fetched { seen: Vec::new(), gone: false, refused: None };
    for page in uids.chunks(PAGE) {
        for message in answer.records(Page::ask(selected, items, page), Addressing::Uid).await {
            answer.print(selected, talk, items, message, None).await?;
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}
