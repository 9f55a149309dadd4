/** Texts that one writes again and again, kept as messages with a keyword, so that every device has them. */
import { Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { type Decoded, id, keys, nullable, text } from "../jmap/decode";
import type { EmailId, MailboxId } from "../jmap/ids";
import { EMAIL, type Identity, MAILBOX, record } from "../jmap/mail";
import { get, query, set } from "../jmap/methods";
import { Failure } from "../jmap/problem";
import { MAIL } from "../jmap/session";
import type { Composition } from "./composition";
import { emailObject } from "./email_object";

export const TEMPLATE = "$template";

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

/** Keeps what is written as a template, in the mailbox where others lie; without one, in a new one of this name. */
export async function keepTemplate(
  client: Client,
  of: Composition,
  identity: Identity,
  mailboxName: string,
): Promise<void> {
  const known = (await templates(client)).flatMap(({ mailboxIds }) => [...mailboxIds])[0];
  const mailbox = known ?? (await newMailbox(client, mailboxName));
  // who gets a message is told anew each time
  const bare = { ...of, to: "", cc: "", bcc: "", inReplyTo: null, references: null, receipt: false, sendAt: null };
  const fresh = { ...bare, messageId: `${crypto.randomUUID()}@template` };
  const object = { ...emailObject(fresh, identity, mailbox), keywords: { [TEMPLATE]: true, $seen: true } };
  const done = await client.call(set(EMAIL, client.accountId, { create: { template: object } }));
  const refused = done.refused.get("template");
  if (refused !== undefined) throw new Failure(refused);
}

async function newMailbox(client: Client, name: string): Promise<MailboxId> {
  const done = await client.call(set(MAILBOX, client.accountId, { create: { templates: { name } } }));
  const made = done.created.get("templates");
  if (made !== undefined) return made.id;
  throw new Failure(done.refused.get("templates") ?? { kind: "malformed", where: "created/templates" });
}

export async function removeTemplate(client: Client, template: EmailId): Promise<void> {
  await client.call(set(EMAIL, client.accountId, { destroy: [template] }));
}
