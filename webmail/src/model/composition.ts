/** A message that is being written, as a value: new, or a draft that is gone on with. */
import { absent, attempt, count, flag, id, list, nullable, object, oneOf, text } from "../jmap/decode";
import type { BlobId, EmailId, IdentityId } from "../jmap/ids";
import type { Address, Identity, Message } from "../jmap/mail";
import { parsed, writtenAll } from "./addresses";
import { attachments, body, htmlOf } from "./contents";
import { insideOf, shownCids, signature, signatureHtml, textOfRich } from "./rich";

export interface Attached {
  readonly blobId: BlobId;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  /** By which a formatted text shows it (RFC 2392); `null` for what is only attached. */
  readonly cid: string | null;
}

export type Priority = "high" | "normal" | "low";

export interface Composition {
  readonly key: string;
  readonly identityId: IdentityId;
  /** Recipients as typed. */
  readonly to: string;
  readonly cc: string;
  readonly bcc: string;
  readonly subject: string;
  readonly text: string;
  /** The formatted text, of which `text` is the plain form; `null` while one writes plainly. */
  readonly html: string | null;
  /** What somebody else wrote and the editor has not cleaned yet; its place in `html` is `QUOTE`. */
  readonly quote: string | null;
  readonly attachments: readonly Attached[];
  readonly priority: Priority;
  /** Whether the reader is asked to tell that he read it (RFC 8098, 2.1). */
  readonly receipt: boolean;
  /** When it goes, in milliseconds since 1970; `null` for at once. */
  readonly sendAt: number | null;
  readonly messageId: string;
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
  /** The message that this answers or passes on: it is marked when this one goes. */
  readonly origin: { readonly id: EmailId; readonly mark: "$answered" | "$forwarded" } | null;
  /** Where the server keeps it. */
  readonly draftId: EmailId | null;
  /** Whether there may be others of its drafts there: an answer was lost. */
  readonly unsure: boolean;
  /** In milliseconds since 1970, of those that this device asked for since it was sure: what has another date is another device's. */
  readonly draftDates: readonly number[];
  /** `waiting`: it is to go, and there was no connection. */
  readonly stage: "writing" | "sending" | "waiting";
  /** Whether it may have gone by a try whose answer was lost: as it is now, or as it was before it was changed. */
  readonly tried: "no" | "as-it-is" | "otherwise";
}

const kept = object({
  key: text,
  identityId: id<"Identity">(),
  to: text,
  cc: text,
  bcc: text,
  subject: text,
  text,
  html: absent(nullable(text), null),
  quote: absent(nullable(text), null),
  attachments: list(
    object({ blobId: id<"Blob">(), name: text, type: text, size: count, cid: absent(nullable(text), null) }),
  ),
  priority: absent(oneOf("high", "normal", "low"), "normal" as const),
  receipt: absent(flag, false),
  sendAt: absent(nullable(count), null),
  messageId: text,
  inReplyTo: nullable(list(text)),
  references: nullable(list(text)),
  origin: nullable(object({ id: id<"Email">(), mark: oneOf("$answered", "$forwarded") })),
  draftId: nullable(id<"Email">()),
  unsure: absent(flag, false),
  draftDates: absent(list(count), []),
  stage: absent(oneOf("writing", "sending", "waiting"), "writing" as const),
  tried: absent(oneOf("no", "as-it-is", "otherwise"), "as-it-is" as const),
});

/** Reads what an earlier page, or an earlier version of it, kept. */
export function restored(value: unknown): Composition | null {
  return attempt(kept, value);
}

const ofSaving = object({ saved: flag });

/** Whether the server had all of what an earlier page kept; where nobody said so, it may not have. */
export function wasSaved(value: unknown): boolean {
  return attempt(ofSaving, value)?.saved ?? false;
}

/** What identifies a message everywhere (RFC 5322, 3.6.4): chance, at the domain of its sender. */
export function newMessageId(from: string): string {
  return `${crypto.randomUUID()}@${from.slice(from.lastIndexOf("@") + 1)}`;
}

/** What of a message makes it another one to its reader: all but when it goes. */
export function isOtherwise(was: Composition, change: Partial<Composition>): boolean {
  const said = (of: Composition) => JSON.stringify({ ...of, sendAt: null });
  return said(was) !== said({ ...was, ...change });
}

/** Once it may have gone, what is changed in it is no longer what went. */
export function triedOf({ tried }: Composition): Composition["tried"] {
  return tried === "no" ? tried : "otherwise";
}

export function signed(identity: Identity): string {
  return identity.textSignature === "" ? "" : `\n\n-- \n${identity.textSignature}`;
}

export type Form = "plain" | "rich";

/** A line to begin on, and the signature below. */
export const BEGIN = "<div><br></div>";

export function blank(identity: Identity, form: Form = "plain"): Composition {
  const html = form === "plain" ? null : `${BEGIN}${signature(signatureHtml(identity))}`;
  return {
    key: crypto.randomUUID(),
    identityId: identity.id,
    to: "",
    cc: "",
    bcc: writtenAll(identity.bcc),
    subject: "",
    text: html === null ? signed(identity) : textOfRich(html),
    html,
    quote: null,
    attachments: [],
    priority: "normal",
    receipt: false,
    sendAt: null,
    messageId: newMessageId(identity.email),
    inReplyTo: null,
    references: null,
    origin: null,
    draftId: null,
    unsure: false,
    draftDates: [],
    stage: "writing",
    tried: "no",
  };
}

/** Another identity sends: who always gets a copy of its mail gets one, where nobody wrote there, and a plain text is signed anew. */
export function sentBy(of: Composition, before: Identity, after: Identity): Partial<Composition> {
  return {
    identityId: after.id,
    ...(of.bcc.trim() === writtenAll(before.bcc) ? { bcc: writtenAll(after.bcc) } : {}),
    ...(of.html === null ? resigned(of, before, after) : {}),
  };
}

/** The plain text with the signature of another identity in the place of that of the one before. */
function resigned({ text }: Composition, before: Identity, after: Identity): Partial<Composition> {
  const [old, next] = [signed(before), signed(after)];
  if (old === "") return { text: `${text}${next}` };
  const at = text.lastIndexOf(old);
  // one that was rewritten is the writer's own affair
  return at < 0 ? {} : { text: `${text.slice(0, at)}${next}${text.slice(at + old.length)}` };
}

/** Goes on with a draft that the server keeps. */
export function resumed(message: Message, identity: Identity): Composition {
  const html = htmlOf(message);
  const importance = message["header:Importance:asText"]?.trim().toLowerCase();
  return {
    ...blank(identity),
    to: writtenAll(message.to),
    cc: writtenAll(message.cc),
    bcc: writtenAll(message.bcc),
    subject: message.subject ?? "",
    // the end of the last line is no line of its own
    text: body(message).text.replace(/\n$/, ""),
    html: html === null ? null : insideOf(html),
    attachments: attached(message),
    priority: importance === "high" || importance === "low" ? importance : "normal",
    receipt: message["header:Disposition-Notification-To:asAddresses"] !== null,
    messageId: message.messageId?.[0] ?? newMessageId(identity.email),
    inReplyTo: message.inReplyTo,
    references: message.references,
    draftId: message.id,
  };
}

export function attached(message: Message): readonly Attached[] {
  return attachments(message, false).flatMap(({ blobId, name, type, size, cid }) =>
    blobId === null ? [] : [{ blobId, name: name ?? "", type, size, cid }],
  );
}

/** What is attached beside what the text shows. */
export function filesOf(of: Composition): readonly Attached[] {
  const shown = of.html === null ? new Set<string>() : shownCids(of.html);
  return of.attachments.filter(({ cid }) => cid === null || !shown.has(cid));
}

/** Who sends it: an identity that is no more gives way to the first. */
export function senderOf({ identityId }: Composition, identities: readonly Identity[]): Identity {
  const found = identities.find(({ id }) => id === identityId) ?? identities[0];
  if (found === undefined) throw new Error("who writes has an identity");
  return found;
}

/** The first of one's identities that is named here. */
export function namedAmong(named: readonly Address[], identities: readonly Identity[]): Identity | undefined {
  const reached = named.map(({ email }) => email.toLowerCase());
  return identities.find(({ email }) => reached.includes(email.toLowerCase())) ?? identities[0];
}

/** Everybody it goes to. */
export function recipients(of: Composition): readonly Address[] {
  return [of.to, of.cc, of.bcc].flatMap((typed) => parsed(typed).addresses);
}

/** Whether anything was written that would be missed. */
export function isEmpty(of: Composition, identity: Identity): boolean {
  const copied = ["", writtenAll(identity.bcc)].includes(of.bcc.trim());
  const bare = [signed(identity), blank(identity, "rich").text].some((empty) => empty.trim() === of.text.trim());
  const typed = [of.to, of.cc, of.subject].some((one) => one.trim() !== "");
  return bare && copied && !typed && of.attachments.length === 0;
}
