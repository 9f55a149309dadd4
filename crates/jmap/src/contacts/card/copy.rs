//! ContactCard/copy (RFC 9610, 3.6). Contacts are their owner's, and nobody has two accounts of his own: one of the two
//! accounts has none for who calls, and the answer says which.
use crate::capability::Capability;
use crate::context::Context;
use crate::limits::OBJECTS_IN_SET;
use crate::method::{Answers, Method};
use jmap_wire::{Arguments, Copy, MethodError};

pub(crate) const COPY: Method = Method {
    name: "ContactCard/copy",
    capability: Capability::Contacts,
    run: |context, arguments| Box::pin(copy(context, arguments)),
};

async fn copy(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Copy::take(&mut arguments, OBJECTS_IN_SET)?;
    arguments.none_left()?;
    context.own_account(&asked.account).await?;
    context.account_from(&asked.from).await?;
    // RFC 8620, 5.4
    Err(MethodError::FromAccountNotSupportedByMethod)
}
