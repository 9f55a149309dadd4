/** What an act does to a message, as a value: it can be applied before the server answers, sent, and turned round. */
import type { EmailId, MailboxId } from "../jmap/ids";

/** Mailboxes and keywords that come and go. */
export interface Patch {
  readonly into: readonly MailboxId[];
  readonly outOf: readonly MailboxId[];
  readonly mark: readonly string[];
  readonly unmark: readonly string[];
}

/** What of a message a patch touches. */
export interface Marks {
  readonly mailboxIds: ReadonlySet<MailboxId>;
  readonly keywords: ReadonlySet<string>;
}

export type Patches = ReadonlyMap<EmailId, Patch>;

const NOTHING: Patch = { into: [], outOf: [], mark: [], unmark: [] };

export function patch(parts: Partial<Patch>): Patch {
  return { ...NOTHING, ...parts };
}

function changed<T>(set: ReadonlySet<T>, without: readonly T[], and: readonly T[]): ReadonlySet<T> {
  const next = new Set(set);
  for (const one of without) next.delete(one);
  for (const one of and) next.add(one);
  return next;
}

/** The message as it is after the patch. */
export function applied<T extends Marks>(email: T, { into, outOf, mark, unmark }: Patch): T {
  return {
    ...email,
    mailboxIds: changed(email.mailboxIds, outOf, into),
    keywords: changed(email.keywords, unmark, mark),
  };
}

/** The patch that brings back what was before: only what the patch really changed is turned round. */
export function inverse(before: Marks, { into, outOf, mark, unmark }: Patch): Patch {
  return {
    into: outOf.filter((id) => before.mailboxIds.has(id) && !into.includes(id)),
    outOf: into.filter((id) => !before.mailboxIds.has(id)),
    mark: unmark.filter((word) => before.keywords.has(word) && !mark.includes(word)),
    unmark: mark.filter((word) => !before.keywords.has(word)),
  };
}

/** A key of a patch's path: `~` and `/` are written as JSON Pointer does (RFC 6901, 3). */
export function key(name: string): string {
  return name.replace(/~/g, "~0").replace(/\//g, "~1");
}

/** The patch as `Email/set` takes it (RFC 8620, 5.3). */
export function patchObject({ into, outOf, mark, unmark }: Patch): Record<string, true | null> {
  const object: Record<string, true | null> = {};
  for (const id of outOf) object[`mailboxIds/${key(id)}`] = null;
  for (const id of into) object[`mailboxIds/${key(id)}`] = true;
  for (const word of unmark) object[`keywords/${key(word)}`] = null;
  for (const word of mark) object[`keywords/${key(word)}`] = true;
  return object;
}
