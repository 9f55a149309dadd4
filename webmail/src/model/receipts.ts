/** Receipts: a sender asks to be told that his message was read, and only the reader decides (RFC 8098, 2.1; RFC 9007). */
import type { Call } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { absent, anything, list, map, nullable, object, text } from "../jmap/decode";
import type { BlobId, EmailId, IdentityId, MailboxId } from "../jmap/ids";
import type { Email, Identity, Message, Part } from "../jmap/mail";
import { Failure } from "../jmap/problem";
import { BLOB, MDN, offers } from "../jmap/session";
import { same } from "./addresses";
import { type Patch, patch } from "./patch";

/** The keyword of a message whose reader has decided (RFC 3503, 3). */
const DECIDED = "$mdnsent";

/** Who asks, where somebody does and the reader has not decided yet. Who sends junk is told of nobody who reads it. */
export function asksForReceipt(
  email: Email,
  message: Message,
  own: readonly Identity[],
  junk: MailboxId | undefined,
): string | null {
  const asking = message["header:Disposition-Notification-To:asAddresses"]?.[0]?.email;
  if (junk !== undefined && email.mailboxIds.has(junk)) return null;
  if (asking === undefined || email.keywords.has(DECIDED) || email.keywords.has("$draft")) return null;
  return own.some(({ email: mine }) => same(mine, asking)) ? null : asking;
}

/** What keeps the question from being asked again. */
export const DECLINED: Patch = patch({ mark: [DECIDED] });

/** The identity that the message came to, or the first. */
export function reader(message: Message, own: readonly Identity[]): Identity | undefined {
  const reached = [...(message.to ?? []), ...(message.cc ?? [])];
  return own.find(({ email }) => reached.some((one) => same(one.email, email))) ?? own[0];
}

const refusals = absent(nullable(map(object({ type: text }))), null);
const answered = object({ sent: absent(nullable(map(anything)), null), notSent: refusals });

export function mayAnswer(client: Client): boolean {
  return offers(client.session, client.accountId, MDN);
}

/** Tells the sender that it was read (RFC 9007, 2.1); the server marks the message. */
export async function sendReceipt(client: Client, identityId: IdentityId, forEmailId: EmailId): Promise<void> {
  const disposition = { actionMode: "manual-action", sendingMode: "mdn-sent-manually", type: "displayed" };
  const call: Call<ReturnType<typeof answered>> = {
    method: "MDN/send",
    using: MDN,
    arguments: { accountId: client.accountId, identityId, send: { receipt: { forEmailId, disposition } } },
    decode: answered,
  };
  const refused = (await client.call(call)).notSent?.get("receipt");
  if (refused !== undefined) {
    throw new Failure({ kind: "refused-record", type: refused.type, detail: "", properties: [] });
  }
}

/** The part of a report that programs read: of a mail server, or of a reader. */
export function reportPart(message: Message): Part | null {
  const types = ["message/delivery-status", "message/disposition-notification", "message/global-delivery-status"];
  return message.attachments.find(({ type, blobId }) => blobId !== null && types.includes(type.toLowerCase())) ?? null;
}

const blobs = object({ list: list(object({ "data:asText": absent(nullable(text), null) })) });

/** The text of a part (RFC 9404, 4.2); empty where it is none. */
export async function partText(client: Client, blobId: BlobId): Promise<string> {
  if (!offers(client.session, client.accountId, BLOB)) return "";
  const call: Call<ReturnType<typeof blobs>> = {
    method: "Blob/get",
    using: BLOB,
    arguments: { accountId: client.accountId, ids: [blobId], properties: ["data:asText"] },
    decode: blobs,
  };
  return (await client.call(call)).list[0]?.["data:asText"] ?? "";
}
