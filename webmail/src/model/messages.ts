/** Whole messages, as a reader sees them: kept for a while, the neighbours fetched ahead. */
import type { Client } from "../jmap/client";
import type { EmailId } from "../jmap/ids";
import { MESSAGE, MESSAGE_ARGUMENTS, type Message, type Part, WHOLE_ARGUMENTS } from "../jmap/mail";
import { get } from "../jmap/methods";
import { Failure } from "../jmap/problem";
import { textOfHtml } from "./html_text";

/** How many are kept; a message is at most a few hundred kilobytes of text here. */
export const MOST_MESSAGES = 60;

/** Where messages are kept for longer than a page lives. */
export interface MessageShelf {
  message(id: EmailId): Promise<Message | null>;
  keepMessage(message: Message): Promise<void>;
}

export class Messages {
  shelf: MessageShelf | null = null;
  readonly #client: Client;
  readonly #kept = new Map<EmailId, Promise<Message>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** The message; from here where it was fetched before. Contents of an email never change (RFC 8621, 4). */
  of(id: EmailId): Promise<Message> {
    const known = this.#kept.get(id) ?? this.#fetch(id);
    this.#kept.delete(id);
    this.#kept.set(id, known);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_MESSAGES) break;
      this.#kept.delete(oldest);
    }
    return known;
  }

  /** Fetches what will be read next; nobody waits for it. */
  ahead(ids: readonly EmailId[]): void {
    for (const id of ids) this.of(id).catch(() => {});
  }

  /** Both forms of its text, however long: for who goes on writing it, or quotes it. */
  whole(id: EmailId): Promise<Message> {
    return this.#ask(id, WHOLE_ARGUMENTS);
  }

  #fetch(id: EmailId): Promise<Message> {
    const fetching = this.#keptOrAsked(id);
    fetching.catch(() => this.#kept.delete(id));
    return fetching;
  }

  async #keptOrAsked(id: EmailId): Promise<Message> {
    const message = (await this.shelf?.message(id)) ?? (await this.#ask(id, MESSAGE_ARGUMENTS));
    void this.shelf?.keepMessage(message);
    return message;
  }

  async #ask(id: EmailId, how: Readonly<Record<string, unknown>>): Promise<Message> {
    const [message] = (await this.#client.call(get(MESSAGE, this.#client.accountId, [id], how))).list;
    if (message !== undefined) return message;
    throw new Failure({ kind: "refused-record", type: "notFound", detail: "", properties: [] });
  }
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
