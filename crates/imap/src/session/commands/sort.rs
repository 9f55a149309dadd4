//! SORT (RFC 5256, BASE.6.4.SORT; SORT=DISPLAY of RFC 5957; ESORT and UPDATE of RFC 5267, 3 and
//! 4.3; RELEVANCY of RFC 6203, 6).
use super::search::{by_number, prepare, search_for, unsaved};
use crate::session::command::{Command, Effect, Run};
use crate::session::completion::{Answer, Completion};
use crate::session::contexts;
use crate::session::matching;
use crate::session::messages::Addressing;
use crate::session::progress::Progress;
use crate::session::selected::Selected;
use crate::session::sorting::sorted;
use crate::session::talk::Talk;
use imap_wire::{Cursor, Sort};
use std::sync::Arc;

pub(crate) const SORT: Command = Command {
    name: "SORT",
    capability: Some("SORT"),
    effect: Effect::Holds,
    run: Run::Selected(|selected, talk, args| Box::pin(sort(selected, talk, args, Addressing::Sequence))),
};

pub(crate) const UID_SORT: Command = Command {
    name: "UID SORT",
    capability: Some("SORT"),
    effect: Effect::Tells,
    run: Run::Selected(|selected, talk, args| Box::pin(sort(selected, talk, args, Addressing::Uid))),
};

async fn sort(selected: &mut Selected, talk: &mut Talk, mut args: Cursor<'_>, by: Addressing) -> Answer {
    let asked = match args.space().and_then(|()| Sort::read(&mut args)) {
        Ok(asked) => asked,
        Err(error) => return Ok(error.into()),
    };
    if let Some(refused) = by_number(selected, &asked.program) {
        return Ok(refused);
    }
    if let Some(refused) = selected.contexts.refused(&talk.tag, asked.options) {
        return Ok(refused);
    }
    prepare(selected, talk, &asked.program);
    let matches = match search_for(selected, talk, Some(&asked.charset), &asked.program, by).await? {
        Ok(matches) => matches,
        Err(refused) => return Ok(unsaved(selected, asked.options, refused)),
    };
    let house = Arc::clone(&talk.house);
    let mut effort = house.effort(matches.selected.login.account.id());
    let revoked = matches.selected.login.revoked.clone();
    let sorting = sorted(&matches, &asked.criteria, &house.findings.orders, &mut effort);
    // What has been told of the search was of another goal.
    let order = match talk.while_here(sorting, revoked, &Progress::default()).await? {
        Ok(order) => order,
        Err(halted) => {
            let refused = matching::halted(&halted);
            drop(effort);
            return Ok(unsaved(selected, asked.options, refused));
        }
    };
    drop(effort);
    let sorted = matches.in_order(order);
    match asked.options {
        None => sorted.print(talk).await?,
        Some(options) => sorted.print_extended(talk, options).await?,
    }
    let saved = asked.options.filter(|options| options.save).map(|options| sorted.saved(options));
    if asked.options.is_some_and(|options| options.update) {
        let found = sorted.context(&asked.program);
        let asked =
            contexts::Asked { charset: Some(asked.charset), program: asked.program, by, criteria: asked.criteria };
        selected.contexts.keep(talk, asked, found);
    }
    if let Some(saved) = saved {
        selected.saved = saved;
    }
    Ok(Completion::ok("done"))
}
