/** Whole messages, as a reader sees them: kept for a while, the neighbours fetched ahead. */
import type { Client } from "../jmap/client";
import type { EmailId } from "../jmap/ids";
import { AHEAD_ARGUMENTS, MESSAGE, MESSAGE_ARGUMENTS, type Message, type Part, WHOLE_ARGUMENTS } from "../jmap/mail";
import { get } from "../jmap/methods";
import { Failure } from "../jmap/problem";
import { textOfHtml } from "./html_text";

/** How many are kept; a message is at most a few hundred kilobytes of text here. */
export const MOST_MESSAGES = 60;

/** How many are fetched ahead at once: more than a screen has rows. */
export const MOST_AHEAD = 20;

/** Where messages are kept for longer than a page lives. */
export interface MessageShelf {
  message(id: EmailId): Promise<Message | null>;
  keepMessage(message: Message): Promise<void>;
}

/** What was asked for, and came or is on its way. */
class Fetched<T> {
  value: T | null = null;

  constructor(readonly coming: Promise<T>) {
    coming.then(
      (value) => {
        this.value = value;
      },
      () => {},
    );
  }
}

export class Messages {
  shelf: MessageShelf | null = null;
  readonly #client: Client;
  readonly #kept = new Map<EmailId, Fetched<Message>>();
  /** What nobody has opened yet; `null` where fetching ahead gave less than the message. */
  readonly #ahead = new Map<EmailId, Fetched<Message | null>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The message; from here where it was fetched before. Contents of an email never change (RFC 8621, 4). */
  of(id: EmailId): Promise<Message> {
    const known = this.#kept.get(id) ?? new Fetched(this.#open(id));
    keep(this.#kept, id, known);
    return known.coming;
  }

  /** The message, where it is here: nobody waits for it then, not even for a moment. */
  there(id: EmailId): Message | null {
    return this.#kept.get(id)?.value ?? this.#ahead.get(id)?.value ?? null;
  }

  /** Fetches what may be read next, in one request; nobody waits for it. */
  ahead(ids: readonly EmailId[]): void {
    const missing = ids.filter((id) => !this.#kept.has(id) && !this.#ahead.has(id)).slice(0, MOST_AHEAD);
    if (missing.length === 0) return;
    const fetching = this.#unopened(missing).catch((): readonly Message[] => []);
    for (const id of missing) {
      keep(this.#ahead, id, new Fetched(fetching.then((found) => found.find((message) => message.id === id) ?? null)));
    }
  }

  /** Both forms of its text, however long: for who goes on writing it, or quotes it. */
  whole(id: EmailId): Promise<Message> {
    return this.#one(id, WHOLE_ARGUMENTS);
  }

  #open(id: EmailId): Promise<Message> {
    const opening = this.#found(id, this.#ahead.get(id)?.coming ?? null);
    this.#ahead.delete(id);
    opening.then(
      (message) => this.shelf?.keepMessage(message),
      () => this.#kept.delete(id),
    );
    return opening;
  }

  async #found(id: EmailId, ahead: Promise<Message | null> | null): Promise<Message> {
    return (await ahead) ?? (await this.shelf?.message(id)) ?? (await this.#one(id, MESSAGE_ARGUMENTS));
  }

  /** Those that are on the shelf, and of the others those whose texts are not too long for this. */
  async #unopened(ids: readonly EmailId[]): Promise<readonly Message[]> {
    const shelved = await Promise.all(ids.map(async (id) => (await this.shelf?.message(id)) ?? null));
    const asked = ids.filter((_, index) => shelved[index] === null);
    const found = asked.length === 0 ? [] : await this.#ask(asked, AHEAD_ARGUMENTS);
    return [...shelved.flatMap((message) => message ?? []), ...found.filter(isWhole)];
  }

  async #one(id: EmailId, how: Readonly<Record<string, unknown>>): Promise<Message> {
    const [message] = await this.#ask([id], how);
    if (message !== undefined) return message;
    throw new Failure({ kind: "refused-record", type: "notFound", detail: "", properties: [] });
  }

  async #ask(ids: readonly EmailId[], how: Readonly<Record<string, unknown>>): Promise<readonly Message[]> {
    return (await this.#client.call(get(MESSAGE, this.#client.accountId, ids, how))).list;
  }
}

/** The last ones that were used stay. */
function keep<T>(all: Map<EmailId, T>, id: EmailId, one: T): void {
  all.delete(id);
  all.set(id, one);
  for (const oldest of all.keys()) {
    if (all.size <= MOST_MESSAGES) break;
    all.delete(oldest);
  }
}

/** Whether nothing of its texts was cut off. */
function isWhole({ bodyValues }: Message): boolean {
  return [...bodyValues.values()].every(({ isTruncated }) => !isTruncated);
}

/** A message's text, and what a reader must be told about it. */
export interface Body {
  readonly text: string;
  /** Only the words of an HTML text are shown. */
  readonly fromHtml: boolean;
  /** The text goes on; the whole of it is in the message's source. */
  readonly truncated: boolean;
  /** Some characters could not be read. */
  readonly damaged: boolean;
}

/** The text parts one after another, as `textBody` has them (RFC 8621, 4.1.4). */
export function body(message: Message): Body {
  const values = message.textBody.flatMap((part) => {
    const value = part.partId === null ? undefined : message.bodyValues.get(part.partId);
    return value === undefined ? [] : [{ ...value, html: part.type.toLowerCase() === "text/html" }];
  });
  return {
    text: values.map(({ value, html }) => (html ? textOfHtml(value) : value)).join("\n\n"),
    fromHtml: values.some(({ html }) => html),
    truncated: values.some(({ isTruncated }) => isTruncated),
    damaged: values.some(({ isEncodingProblem }) => isEncodingProblem),
  };
}

/** The formatted text, where the whole message was asked for and there is one. */
export function htmlOf(message: Message): string | null {
  const values = message.htmlBody.flatMap(({ partId, type }) =>
    partId !== null && type.toLowerCase() === "text/html" ? (message.bodyValues.get(partId)?.value ?? []) : [],
  );
  return values.length === 0 ? null : values.join("\n");
}

/** A piece of a message with its layout: a document of its own, or words between such documents. */
export type Formatted =
  | { readonly kind: "html"; readonly partId: string }
  | { readonly kind: "text"; readonly partId: string; readonly text: string };

/** More documents than this no message has for a reader. */
const MOST_PIECES = 20;

/** The pieces of a message with its layout, as `htmlBody` has them; none where it has no layout. */
export function formatted(message: Message): readonly Formatted[] {
  const isHtml = ({ type }: Part) => type.toLowerCase() === "text/html";
  if (!message.htmlBody.some(isHtml)) return [];
  return message.htmlBody.slice(0, MOST_PIECES).flatMap((part): readonly Formatted[] => {
    const { partId } = part;
    if (partId === null) return [];
    if (isHtml(part)) return [{ kind: "html", partId }];
    const value = message.bodyValues.get(partId);
    return value === undefined ? [] : [{ kind: "text", partId, text: value.value }];
  });
}

/** Whether an image stands in the layout of its message, and is no file that somebody sent. */
function isPlaced({ cid, type, disposition }: Part): boolean {
  return cid !== null && type.startsWith("image/") && disposition !== "attachment";
}

/** What can be saved: the attachments, and parts of the body that are no text. With the layout, its images are in it. */
export function attachments(message: Message, withLayout: boolean): readonly Part[] {
  const shown = new Set(message.textBody.filter(({ type }) => type.startsWith("text/")).map(({ blobId }) => blobId));
  const all = [...message.attachments, ...message.textBody.filter(({ type }) => !type.startsWith("text/"))];
  const seen = new Set<string>();
  return all.filter((part) => {
    const { blobId } = part;
    if (withLayout && isPlaced(part)) return false;
    if (blobId === null || shown.has(blobId) || seen.has(blobId)) return false;
    seen.add(blobId);
    return true;
  });
}

/** The part of a message that is an invitation, or what became of one (RFC 6047, 2.4). */
export function calendarPart({ attachments: all, textBody }: Message): Part | null {
  const isCalendar = ({ type, blobId }: Part) => blobId !== null && type.toLowerCase() === "text/calendar";
  return [...all, ...textBody].find(isCalendar) ?? null;
}
