/** Texts that one writes again and again, kept as messages with a keyword, so that every device has them. */
import { Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { type Decoded, id, keys, nullable, text } from "../jmap/decode";
import type { EmailId, MailboxId } from "../jmap/ids";
import { EMAIL, type Identity, MAILBOX, record } from "../jmap/mail";
import { createdIn, get, query, refusedIn, set } from "../jmap/methods";
import { MAIL } from "../jmap/session";
import type { Composition } from "./composition";
import { emailObject } from "./email_object";
import { roleOf } from "./mailboxes";

const TEMPLATE = "$template";

const NAMED = record("Email", MAIL, { id: id<"Email">(), subject: nullable(text), mailboxIds: keys<MailboxId>() });
export type Template = Decoded<typeof NAMED.decode>;

const MOST = 100;

/** All of them, by name. */
export async function templates(client: Client): Promise<readonly Template[]> {
  const { accountId } = client;
  const batch = new Batch();
  const sort = [{ property: "subject", isAscending: true }];
  const question = { filter: { hasKeyword: TEMPLATE }, sort };
  const found = batch.add(query(NAMED, accountId, question, { position: 0, limit: MOST }));
  const got = batch.add(get(NAMED, accountId, { from: resultOf(found, "/ids") }));
  return (await client.send(batch)).of(got).list;
}

/** Keeps what is written as a template: in the mailbox of this name, else where others lie, else in a new one. */
export async function keepTemplate(
  client: Client,
  of: Composition,
  identity: Identity,
  mailboxName: string,
): Promise<void> {
  const mailbox = (await placeOf(client, mailboxName)) ?? (await newMailbox(client, mailboxName));
  // who gets a message is told anew each time
  const bare = { ...of, to: "", cc: "", bcc: "", inReplyTo: null, references: null, receipt: false, sendAt: null };
  const fresh = { ...bare, messageId: `${crypto.randomUUID()}@template` };
  const object = { ...emailObject(fresh, identity, mailbox), keywords: { [TEMPLATE]: true, $seen: true } };
  createdIn(await client.call(set(EMAIL, client.accountId, { create: { template: object } })), "template");
}

/** Where templates lie. What has a purpose of its own (the trash, say) is no place for them. */
async function placeOf(client: Client, name: string): Promise<MailboxId | null> {
  const { list } = await client.call(get(MAILBOX, client.accountId, null));
  const plain = list.filter((mailbox) => roleOf(mailbox) === null);
  const named = plain.find((mailbox) => mailbox.parentId === null && mailbox.name === name);
  if (named !== undefined) return named.id;
  const others = (await templates(client)).flatMap(({ mailboxIds }) => [...mailboxIds]);
  return others.find((one) => plain.some(({ id }) => id === one)) ?? null;
}

async function newMailbox(client: Client, name: string): Promise<MailboxId> {
  const done = await client.call(
    set(MAILBOX, client.accountId, { create: { templates: { name, isSubscribed: true } } }),
  );
  return createdIn(done, "templates");
}

export async function removeTemplate(client: Client, template: EmailId): Promise<void> {
  refusedIn(await client.call(set(EMAIL, client.accountId, { destroy: [template] })), template);
}
