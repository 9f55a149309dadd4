/**
 * Which message a report is about. Anybody can write a report; only who got a message, or a server on its way, knows its
 * Message-ID (RFC 5322, 3.6.4). So what a report says is believed where it names one that lies among what one sent.
 */

import type { Call } from "../jmap/batch";
import { Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { absent, list, nullable, object, text } from "../jmap/decode";
import type { MailboxId } from "../jmap/ids";
import { type Message, record } from "../jmap/mail";
import { get, query } from "../jmap/methods";
import { BLOB, MAIL, offers } from "../jmap/session";
import { same } from "./addresses";
import type { Receipt } from "./delivery_report";
import { headerFields, valuesOf } from "./header_fields";

const NAMED = record("Email", MAIL, { messageId: absent(nullable(list(text)), null) });
const octets = object({ list: list(object({ "data:asBase64": absent(nullable(text), null) })) });

/** What a report is about: what was sent, something else, or nobody can say. */
export type Subject = "sent" | "other" | "unknown";

/** As much as the header of a message that is brought back may have. */
const HEADER = 64 * 1024;
/** A condition of a header asks for a part of it, so others may be found. */
const MOST = 5;
const LONGEST = 998;

/** Whether a message of this id lies among what was sent. */
async function wasSent(client: Client, wanted: string, sent: MailboxId): Promise<boolean> {
  if (wanted === "" || wanted.length > LONGEST) return false;
  const batch = new Batch();
  const filter = { operator: "AND", conditions: [{ inMailbox: sent }, { header: ["Message-ID", `<${wanted}>`] }] };
  const found = batch.add(query(NAMED, client.accountId, { filter, sort: [] }, { position: 0, limit: MOST }));
  const got = batch.add(get(NAMED, client.accountId, { from: resultOf(found, "/ids") }));
  const { list: all } = (await client.send(batch)).of(got);
  return all.some((one) => one.messageId?.includes(wanted) === true);
}

/** The part that brings the message back, or its header (RFC 3462, 2; RFC 6533, 6.3). */
const BROUGHT = /^(?:message\/(?:rfc822|rfc822-headers|global|global-headers)|text\/rfc822-headers)$/i;

/** The id of the message that a report brings back; empty where it brings none. */
async function broughtBack(client: Client, { attachments }: Message): Promise<string> {
  const blobId = attachments.find(({ type }) => BROUGHT.test(type))?.blobId ?? null;
  if (blobId === null || !offers(client.session, client.accountId, BLOB)) return "";
  // as octets: what is in the text below the header is of any charset (RFC 9404, 4.2)
  const part = { ids: [blobId], properties: ["data:asBase64"], offset: 0, length: HEADER };
  const call: Call<ReturnType<typeof octets>> = {
    method: "Blob/get",
    using: BLOB,
    arguments: { accountId: client.accountId, ...part },
    decode: octets,
  };
  const begin = atob((await client.call(call)).list[0]?.["data:asBase64"] ?? "");
  return /<([^<>\s]+)>/.exec(valuesOf(headerFields(begin), "Message-ID")[0] ?? "")?.[1] ?? "";
}

/** What a report of a mail server is about. */
export async function subjectOf(client: Client, report: Message, sent: MailboxId): Promise<Subject> {
  const id = await broughtBack(client, report);
  // of a report that names none, or nothing that can be asked for, nobody can say
  if (id === "" || id.length > LONGEST) return "unknown";
  return (await wasSent(client, id, sent)) ? "sent" : "other";
}

/** Whether a receipt comes from the reader whom it names, and is about a message that was sent (RFC 8098, 3.2.5). */
export async function isOfReader(
  client: Client,
  { from }: Pick<Message, "from">,
  { reader, original }: Receipt,
  sent: MailboxId,
): Promise<boolean> {
  return from?.length === 1 && same(from[0]?.email ?? "", reader) && (await wasSent(client, original, sent));
}
