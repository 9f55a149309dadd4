/** What a person does to mailboxes as such, and to all that lies in one: page by page, as much as the server takes at once. */
import type { Client } from "../jmap/client";
import type { EmailId, MailboxId } from "../jmap/ids";
import { EMAIL, MAILBOX } from "../jmap/mail";
import { createdIn, type Orders, query, refusedIn, set } from "../jmap/methods";
import { Failure, type Problem, problemOf } from "../jmap/problem";
import { type Patch, patch, patchObject } from "./patch";

export async function createMailbox(client: Client, name: string, parentId: MailboxId | null): Promise<MailboxId> {
  const create = { new: { name: name.trim(), parentId, isSubscribed: true } };
  return createdIn(await client.call(set(MAILBOX, client.accountId, { create })), "new");
}

export async function changeMailbox(
  client: Client,
  id: MailboxId,
  change: { readonly name?: string; readonly parentId?: MailboxId | null; readonly isSubscribed?: boolean },
): Promise<void> {
  refusedIn(await client.call(set(MAILBOX, client.accountId, { update: { [id]: change } })), id);
}

/** Its messages go to another mailbox; then it goes. */
export async function removeMailbox(client: Client, id: MailboxId, to: MailboxId): Promise<void> {
  await untilNone(client, { inMailbox: id }, marking(patch({ into: [to], outOf: [id] })));
  refusedIn(await client.call(set(MAILBOX, client.accountId, { destroy: [id] })), id);
}

/** All that lies in it is gone for good; gives how many that were. */
export async function emptyMailbox(client: Client, id: MailboxId): Promise<number> {
  return (await untilNone(client, { inMailbox: id }, (destroy) => ({ destroy }))).length;
}

/** Gives those that were unread, so that they can be so again. */
export function readAll(client: Client, id: MailboxId): Promise<readonly EmailId[]> {
  const filter = { operator: "AND", conditions: [{ inMailbox: id }, { notKeyword: "$seen" }] };
  return untilNone(client, filter, marking(patch({ mark: ["$seen"] })));
}

/** Takes a keyword from all messages that have it. */
export async function forgetKeyword(client: Client, keyword: string): Promise<void> {
  await untilNone(client, { hasKeyword: keyword }, marking(patch({ unmark: [keyword] })));
}

/** These messages are gone for good; gives the first thing that stood in the way. What is refused keeps none of the others. */
export async function destroyEmails(client: Client, ids: readonly EmailId[]): Promise<Problem | null> {
  const { maxObjectsInSet: most } = client.session.limits;
  let first: Problem | null = null;
  try {
    for (let from = 0; from < ids.length; from += most) {
      const destroy = ids.slice(from, from + most);
      const [refused] = (await client.call(set(EMAIL, client.accountId, { destroy }))).refused.values();
      first ??= refused ?? null;
    }
  } catch (thrown) {
    return problemOf(thrown);
  }
  return first;
}

/** Changes what a filter finds so that it finds it no more, until it finds nothing. */
async function untilNone(
  client: Client,
  filter: unknown,
  orders: (ids: readonly EmailId[]) => Orders<"Email">,
): Promise<readonly EmailId[]> {
  const { maxObjectsInSet: limit } = client.session.limits;
  const done: EmailId[] = [];
  for (;;) {
    const question = query(EMAIL, client.accountId, { filter, sort: [] }, { position: 0, limit });
    const { ids } = await client.call(question);
    if (ids.length === 0) return done;
    const { refused } = await client.call(set(EMAIL, client.accountId, orders(ids)));
    const [first] = refused.values();
    if (first !== undefined) throw new Failure(first);
    done.push(...ids);
  }
}

/** The same change for each of them. */
function marking(change: Patch) {
  const object = patchObject(change);
  return (ids: readonly EmailId[]) => ({ update: Object.fromEntries(ids.map((id) => [id, object])) });
}
