//! What stands before a message that is sent by JMAP: Return-Path and Received (RFC 5321, 4.4).
use crate::context::Context;
use message::Date;
use names::Address;

/// Both, and how many octets of them are Return-Path.
pub(super) fn prefix(context: &Context<'_>, sender: Option<&Address>) -> (Vec<u8>, u32) {
    let date = Date::utc(i64::try_from(context.parts.world.clock.now().secs()).unwrap_or(i64::MAX));
    let return_path = format!("Return-Path: <{}>\r\n", sender.map(ToString::to_string).unwrap_or_default());
    // where a customer is nobody needs to know, and the bytes are of all recipients
    let received = format!(
        "Received: by {} (Glaspost) with HTTP id {};\r\n\t{date}\r\n",
        context.parts.settings.host_name, context.caller.peer.session
    );
    let length = u32::try_from(return_path.len()).unwrap_or(u32::MAX);
    ([return_path, received].concat().into_bytes(), length)
}
