/** A message that is being written, as a value: new, an answer, passed on; and as `Email/set` takes it. */
import { absent, attempt, count, id, list, nullable, object, oneOf, text } from "../jmap/decode";
import type { BlobId, EmailId, IdentityId, MailboxId } from "../jmap/ids";
import type { Address, Identity, Message } from "../jmap/mail";
import { parsed, same, writtenAll } from "./addresses";
import { attachments, body } from "./messages";

export interface Attached {
  readonly blobId: BlobId;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

export interface Composition {
  readonly key: string;
  readonly identityId: IdentityId;
  /** Recipients as typed. */
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  readonly text: string;
  readonly attachments: readonly Attached[];
  readonly messageId: string;
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
  /** The message that this answers or passes on: it is marked when this one goes. */
  readonly origin: { readonly id: EmailId; readonly mark: "$answered" | "$forwarded" } | null;
  /** Where the server keeps it. */
  readonly draftId: EmailId | null;
  readonly stage: "writing" | "sending";
}

const kept = object({
  key: text,
  identityId: id<"Identity">(),
  to: text,
  cc: text,
  bcc: text,
  subject: text,
  text,
  attachments: list(object({ blobId: id<"Blob">(), name: text, type: text, size: count })),
  messageId: text,
  inReplyTo: nullable(list(text)),
  references: nullable(list(text)),
  origin: nullable(object({ id: id<"Email">(), mark: oneOf("$answered", "$forwarded") })),
  draftId: nullable(id<"Email">()),
  stage: absent(oneOf("writing", "sending"), "writing" as const),
});

/** Reads what an earlier page kept. */
export function restored(value: unknown): Composition | null {
  return attempt(kept, value);
}

/** What identifies a message everywhere (RFC 5322, 3.6.4): chance, at the domain of its sender. */
function newMessageId(from: string): string {
  return `${crypto.randomUUID()}@${from.slice(from.lastIndexOf("@") + 1)}`;
}

function signed(identity: Identity): string {
  return identity.textSignature === "" ? "" : `\n\n-- \n${identity.textSignature}`;
}

export function blank(identity: Identity): Composition {
  return {
    key: crypto.randomUUID(),
    identityId: identity.id,
    to: "",
    cc: "",
    bcc: "",
    subject: "",
    text: signed(identity),
    attachments: [],
    messageId: newMessageId(identity.email),
    inReplyTo: null,
    references: null,
    origin: null,
    draftId: null,
    stage: "writing",
  };
}

/** The words around what is quoted, in the writer's language. */
export interface QuoteWords {
  /** "On … Jan wrote:" */
  wrote(message: Message): string;
  /** The lines that say what is passed on. */
  forwarded(message: Message): string;
}

function prefixed(prefix: "Re" | "Fwd", subject: string | null): string {
  const known = prefix === "Re" ? /^(re|antw|betr)(\[\d+\])?:/i : /^(fwd?|doorst):/i;
  const bare = (subject ?? "").trim();
  return known.test(bare) ? bare : `${prefix}: ${bare}`;
}

/** Each line behind a mark, quotes of quotes closer (RFC 3676, 4.5). */
function quoted(textOf: string): string {
  return textOf
    .trimEnd()
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => (line.startsWith(">") ? `>${line}` : line === "" ? ">" : `> ${line}`))
    .join("\n");
}

function others(addresses: readonly Address[] | null, not: readonly string[]): readonly Address[] {
  return (addresses ?? []).filter(({ email }) => !not.some((one) => same(one, email)));
}

/** An answer to the sender, or to all. Own addresses get no copy; an answer to oneself goes where the message went. */
export function reply(
  message: Message,
  identity: Identity,
  own: readonly string[],
  words: QuoteWords,
  toWhom: "sender" | "all",
): Composition {
  const asked = message.replyTo ?? message.from ?? [];
  const fromMe = others(asked, own).length === 0;
  const to = fromMe ? (message.to ?? []) : asked;
  const rest = others(fromMe ? message.cc : [...(message.to ?? []), ...(message.cc ?? [])], own);
  const cc =
    toWhom === "all"
      ? others(
          rest,
          to.map(({ email }) => email),
        )
      : [];
  return {
    ...blank(identity),
    to: writtenAll(to),
    cc: writtenAll(cc),
    subject: prefixed("Re", message.subject),
    text: `\n\n${words.wrote(message)}\n${quoted(body(message).text)}${signed(identity)}`,
    // RFC 5322, 3.6.4
    inReplyTo: message.messageId,
    references: [...(message.references ?? message.inReplyTo ?? []), ...(message.messageId ?? [])],
    origin: { id: message.id, mark: "$answered" },
  };
}

/** Passes a message on, its text inline and its attachments with it. */
export function forward(message: Message, identity: Identity, words: QuoteWords): Composition {
  return {
    ...blank(identity),
    subject: prefixed("Fwd", message.subject),
    text: `${signed(identity)}\n\n${words.forwarded(message)}\n\n${body(message).text}`,
    attachments: attached(message),
    references: [...(message.references ?? []), ...(message.messageId ?? [])],
    origin: { id: message.id, mark: "$forwarded" },
  };
}

/** Goes on with a draft that the server keeps. */
export function resumed(message: Message, identity: Identity): Composition {
  return {
    ...blank(identity),
    to: writtenAll(message.to),
    cc: writtenAll(message.cc),
    bcc: writtenAll(message.bcc),
    subject: message.subject ?? "",
    text: body(message).text,
    attachments: attached(message),
    messageId: message.messageId?.[0] ?? newMessageId(identity.email),
    inReplyTo: message.inReplyTo,
    references: message.references,
    draftId: message.id,
  };
}

function attached(message: Message): readonly Attached[] {
  return attachments(message, false).flatMap(({ blobId, name, type, size }) =>
    blobId === null ? [] : [{ blobId, name: name ?? "", type, size }],
  );
}

/** Everybody it goes to. */
export function recipients(of: Composition): readonly Address[] {
  return [of.to, of.cc, of.bcc].flatMap((typed) => parsed(typed).addresses);
}

/** Whether anything was written that would be missed. */
export function isEmpty(of: Composition, identity: Identity): boolean {
  const bare = of.text.trim() === signed(identity).trim();
  return (
    bare && [of.to, of.cc, of.bcc, of.subject].every((typed) => typed.trim() === "") && of.attachments.length === 0
  );
}

function some(addresses: readonly Address[]): readonly Address[] | null {
  return addresses.length === 0 ? null : addresses;
}

/** The message as a new record (RFC 8621, 4.6): a draft, so far. */
export function emailObject(of: Composition, identity: Identity, drafts: MailboxId): Record<string, unknown> {
  const files = of.attachments.map((file) => ({ ...file, disposition: "attachment" }));
  return {
    mailboxIds: { [drafts]: true },
    keywords: { $draft: true, $seen: true },
    from: [{ name: identity.name === "" ? null : identity.name, email: identity.email }],
    to: some(parsed(of.to).addresses),
    cc: some(parsed(of.cc).addresses),
    bcc: some(parsed(of.bcc).addresses),
    ...(identity.replyTo === null ? {} : { replyTo: identity.replyTo }),
    subject: of.subject,
    messageId: [of.messageId],
    ...(of.inReplyTo === null ? {} : { inReplyTo: of.inReplyTo }),
    ...(of.references === null || of.references.length === 0 ? {} : { references: of.references }),
    bodyValues: { text: { value: of.text } },
    textBody: [{ partId: "text", type: "text/plain" }],
    ...(files.length === 0 ? {} : { attachments: files.map(({ size: _, ...file }) => file) }),
  };
}
