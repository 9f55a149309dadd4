//! Email/changes (RFC 8621, 4.3), in time proportional to what changed.
use super::history::{Fate, Since, history};
use crate::capability::Capability;
use crate::context::Context;
use crate::mail::reply::Changed;
use crate::method::{Answers, Method};
use crate::refusal;
use jmap_wire::{Arguments, Changes};

pub(super) const CHANGES: Method = Method {
    name: "Email/changes",
    capability: Capability::Mail,
    run: |context, arguments| Box::pin(changes(context, arguments)),
};

async fn changes(context: &mut Context<'_>, mut arguments: Arguments) -> Answers {
    let asked = Changes::take(&mut arguments)?;
    arguments.none_left()?;
    let opened = context.account(&asked.account).await?;
    let since = Since::read(&opened, &asked.since)?;
    let newest = opened.states().await.map_err(|error| refusal::method(&error))?.email;
    let max = asked.max.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX);
    let history = history(&opened, since, max, newest).await?;
    let fates = history.fates(&history.emails).await?;
    let of = |was, is| {
        let those = fates.iter().filter(move |fate| (fate.was, fate.is) == (was, is));
        those.map(|Fate { email, .. }| email.to_string()).collect()
    };
    let changed =
        Changed { created: of(false, true), updated: of(true, true), destroyed: of(true, false), more: history.more };
    let answer = changed.answer(&opened, &asked.since, history.state);
    Ok(vec![context.answer(answer)])
}
