/** The records of mail (RFC 8621), with the properties that this client shows. */
import type { Call } from "./batch";
import {
  absent,
  count,
  type Decoded,
  type Decoder,
  date,
  flag,
  id,
  keys,
  list,
  map,
  nullable,
  object,
  text,
} from "./decode";
import type { AccountId, EmailId, MailboxId } from "./ids";
import type { RecordType } from "./methods";
import { MAIL, SUBMISSION } from "./session";

/** The properties of a decoder's object, as they are asked for. */
export function record<Of extends string, F extends Record<string, Decoder<unknown>>>(
  name: Of,
  using: string,
  fields: F,
) {
  const type: RecordType<Of, Decoded<ReturnType<typeof object<F>>>> = {
    name,
    using,
    properties: Object.keys(fields),
    decode: object(fields),
  };
  return type;
}

const rights = object({
  mayReadItems: flag,
  mayAddItems: flag,
  mayRemoveItems: flag,
  maySetSeen: flag,
  maySetKeywords: flag,
  mayCreateChild: flag,
  mayRename: flag,
  mayDelete: flag,
});

/** RFC 8621, 2. */
export const MAILBOX = record("Mailbox", MAIL, {
  id: id<"Mailbox">(),
  name: text,
  parentId: nullable(id<"Mailbox">()),
  role: nullable(text),
  sortOrder: count,
  totalEmails: count,
  unreadEmails: count,
  totalThreads: count,
  unreadThreads: count,
  isSubscribed: absent(flag, true),
  myRights: rights,
});
export type Mailbox = Decoded<typeof MAILBOX.decode>;

/** RFC 8621, 3. */
export const THREAD = record("Thread", MAIL, { id: id<"Thread">(), emailIds: list(id<"Email">()) });
export type Thread = Decoded<typeof THREAD.decode>;

const address = object({ name: nullable(text), email: text });
/** An EmailAddress (RFC 8621, 4.1.2.3). */
export type Address = Decoded<typeof address>;
export const addresses = absent(nullable(list(address)), null);
const messageIds = absent(nullable(list(text)), null);

const summary = {
  id: id<"Email">(),
  blobId: id<"Blob">(),
  threadId: id<"Thread">(),
  mailboxIds: keys<MailboxId>(),
  keywords: keys(),
  size: count,
  receivedAt: date,
  from: addresses,
  to: addresses,
  subject: nullable(text),
  preview: text,
  hasAttachment: flag,
};

/** What a row of a list shows of an Email (RFC 8621, 4). */
export const EMAIL = record("Email", MAIL, summary);
export type Email = Decoded<typeof EMAIL.decode>;

/** What an act on an Email must know of it. */
export const ACTED = record("Email", MAIL, {
  id: summary.id,
  threadId: summary.threadId,
  mailboxIds: summary.mailboxIds,
  keywords: summary.keywords,
});
export type FarEmail = Decoded<typeof ACTED.decode>;

/** To which conversation an Email belongs. */
export const MEMBER = record("Email", MAIL, { id: summary.id, threadId: summary.threadId });

const snippet = object({ emailId: id<"Email">(), subject: nullable(text), preview: nullable(text) });
/** Where a message matches a search: HTML in which the words are marked; `null` where they do not stand. */
export type Snippet = Decoded<typeof snippet>;

/** SearchSnippet/get (RFC 8621, 5.1). */
export function snippets(
  accountId: AccountId,
  filter: unknown,
  emailIds: readonly EmailId[],
): Call<readonly Snippet[]> {
  const told = object({ list: list(snippet) });
  return {
    method: "SearchSnippet/get",
    using: MAIL,
    arguments: { accountId, filter, emailIds },
    decode: (value, where) => told(value, where).list,
  };
}

const part = object({
  partId: nullable(text),
  blobId: nullable(id<"Blob">()),
  size: count,
  name: absent(nullable(text), null),
  type: text,
  charset: absent(nullable(text), null),
  disposition: absent(nullable(text), null),
  cid: absent(nullable(text), null),
});
/** An EmailBodyPart without parts of its own (RFC 8621, 4.1.4). */
export type Part = Decoded<typeof part>;

const bodyValue = object({ value: text, isEncodingProblem: flag, isTruncated: flag });

/** What a reader of the whole message sees. */
export const MESSAGE = record("Email", MAIL, {
  ...summary,
  cc: addresses,
  bcc: addresses,
  replyTo: addresses,
  sender: addresses,
  sentAt: absent(nullable(date), null),
  messageId: messageIds,
  inReplyTo: messageIds,
  references: messageIds,
  "header:Importance:asText": absent(nullable(text), null),
  // RFC 8098, 2.1
  "header:Disposition-Notification-To:asAddresses": addresses,
  // RFC 2369, 3.2
  "header:List-Unsubscribe:asURLs": absent(nullable(list(text)), null),
  textBody: list(part),
  htmlBody: list(part),
  attachments: list(part),
  bodyValues: map(bodyValue),
});
export type Message = Decoded<typeof MESSAGE.decode>;

/** The properties of parts that are asked for with a message, and how much of a text. */
export const MESSAGE_ARGUMENTS = {
  bodyProperties: ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid"],
  fetchTextBodyValues: true,
  maxBodyValueBytes: 256 * 1024,
} as const;

/** As `MESSAGE_ARGUMENTS`, for what may be read next: nearly all texts are shorter, and many are asked for at once. */
export const AHEAD_ARGUMENTS = { ...MESSAGE_ARGUMENTS, maxBodyValueBytes: 64 * 1024 } as const;

/** As `MESSAGE_ARGUMENTS`, both forms of the text and all of it. */
export const WHOLE_ARGUMENTS = {
  bodyProperties: MESSAGE_ARGUMENTS.bodyProperties,
  fetchTextBodyValues: true,
  fetchHTMLBodyValues: true,
} as const;

/** RFC 8621, 6. */
export const IDENTITY = record("Identity", SUBMISSION, {
  id: id<"Identity">(),
  name: text,
  email: text,
  replyTo: addresses,
  bcc: addresses,
  textSignature: text,
  htmlSignature: text,
  mayDelete: flag,
});
export type Identity = Decoded<typeof IDENTITY.decode>;

/** RFC 8621, 7. */
export const SUBMISSION_RECORD = { name: "EmailSubmission", using: SUBMISSION } as const;
