/** Does to rows of a list what a person asked for, also to those that nobody has looked at. */
import type { EmailId, MailboxId } from "../jmap/ids";
import { problemOf } from "../jmap/problem";
import type { Account } from "./account";
import type { Acted, Deed } from "./acts";
import { fetched } from "./fetched";
import { destroyEmails } from "./mailbox_acts";
import type { Patches } from "./patch";

export async function actOn(
  account: Account,
  rows: readonly EmailId[],
  act: (emails: readonly Acted[], here: MailboxId | null) => Patches,
  what: Deed | null,
): Promise<void> {
  try {
    const { here } = account;
    const { seen, far } = parted(account, rows);
    // where every row is known nothing is waited for; else all are done together, so that they are taken back together
    const unseen = far.length === 0 ? [] : await messagesOf(account, far);
    const emails = [...seen, ...unseen];
    const patches = act(emails, here);
    if (patches.size === 0) return;
    const doing = account.outbox.act(patches, unseen);
    account.list.value?.settle(rows);
    const back = await doing;
    if (what !== null) account.done(what, emails.length, back);
  } catch (thrown) {
    account.refused(problemOf(thrown));
  }
}

/** All that goes with these rows. */
export async function destroyedWith(account: Account, rows: readonly EmailId[]): Promise<readonly Acted[]> {
  const { seen, far } = parted(account, rows);
  const unseen = await messagesOf(account, far);
  return [...seen, ...unseen];
}

export async function destroyExactly(account: Account, ids: readonly EmailId[]): Promise<void> {
  try {
    const problem = await destroyEmails(account.client, ids);
    await account.list.value?.refresh();
    if (problem === null) account.done("destroyed", ids.length, null);
    else account.refused(problem);
  } catch (thrown) {
    account.refused(problemOf(thrown));
  }
}

/** The messages of those that were looked at, and those that were not. Asked once, for who waits may meanwhile look elsewhere, or at more. */
function parted(account: Account, rows: readonly EmailId[]) {
  const seen = rows.filter((id) => account.emails.knows(id));
  const known = new Set(seen);
  return { seen: seen.flatMap((id) => account.row(id)), far: rows.filter((id) => !known.has(id)) };
}

/** What of those rows an act must know: asked for, and not kept, for they may be more than are kept. */
async function messagesOf(account: Account, far: readonly EmailId[]): Promise<readonly Acted[]> {
  if (far.length === 0) return [];
  const { here } = account;
  const together = account.list.value?.question.collapseThreads === true;
  const { farMessages } = await fetched(import("./far_rows"));
  return farMessages(account.client, far, together, (email) => account.stays(email, here));
}
