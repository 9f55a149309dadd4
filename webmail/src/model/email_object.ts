/** A message that is being written, as `Email/set` takes it. */
import type { MailboxId } from "../jmap/ids";
import type { Address, Identity } from "../jmap/mail";
import { parsed } from "./addresses";
import { type Composition, filesOf } from "./composition";
import { settled } from "./forms";
import { wholeDocument } from "./rich";

/** A moment as a UTCDate (RFC 8620, 1.4). */
export function utc(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, "");
}

function some(addresses: readonly Address[]): readonly Address[] | null {
  return addresses.length === 0 ? null : addresses;
}

const HIGH: Readonly<Record<string, string>> = { "X-Priority": "1", Importance: "high", Priority: "urgent" };
const LOW: Readonly<Record<string, string>> = { "X-Priority": "5", Importance: "low", Priority: "non-urgent" };

/** How pressing it is, in the three fields that programs read (RFC 2156, 5.3.4 and 5.3.6; the first by habit). */
function pressing({ priority }: Composition): Record<string, string> {
  const fields: Readonly<Record<string, string>> = { high: HIGH, normal: {}, low: LOW }[priority];
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`header:${name}:asText`, value]));
}

/** The text, and where it is formatted, both of its forms (RFC 2046, 5.1.4). */
function bodies({ text, html }: Composition): Record<string, unknown> {
  const textBody = [{ partId: "text", type: "text/plain" }];
  if (html === null) return { bodyValues: { text: { value: text } }, textBody };
  return {
    bodyValues: { text: { value: text }, html: { value: wholeDocument(html) } },
    textBody,
    htmlBody: [{ partId: "html", type: "text/html" }],
  };
}

function parts(of: Composition): readonly Record<string, unknown>[] {
  const files = new Set(filesOf(of));
  return of.attachments.map((file) => {
    const { blobId, name, type, cid } = file;
    // RFC 2183, 2.1: shown with the text, or asked for
    return files.has(file)
      ? { blobId, name, type, disposition: "attachment" }
      : { blobId, name, type, cid, disposition: "inline" };
  });
}

/** The message as a new record (RFC 8621, 4.6): a draft, so far, of this date. */
export function emailObject(
  composition: Composition,
  identity: Identity,
  drafts: MailboxId,
  date: number | null = null,
): Record<string, unknown> {
  const of = settled(composition);
  const files = parts(of);
  return {
    mailboxIds: { [drafts]: true },
    keywords: { $draft: true, $seen: true },
    from: [{ name: identity.name === "" ? null : identity.name, email: identity.email }],
    to: some(parsed(of.to).addresses),
    cc: some(parsed(of.cc).addresses),
    bcc: some(parsed(of.bcc).addresses),
    ...(identity.replyTo === null ? {} : { replyTo: identity.replyTo }),
    subject: of.subject,
    ...(date === null ? {} : { sentAt: utc(date) }),
    messageId: [of.messageId],
    ...(of.inReplyTo === null ? {} : { inReplyTo: of.inReplyTo }),
    ...(of.references === null || of.references.length === 0 ? {} : { references: of.references }),
    ...pressing(of),
    ...(of.receipt
      ? { "header:Disposition-Notification-To:asAddresses": [{ name: null, email: identity.email }] }
      : {}),
    ...bodies(of),
    ...(files.length === 0 ? {} : { attachments: files }),
  };
}
