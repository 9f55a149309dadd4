/** Whole messages, as a reader sees them: kept for a while, the neighbours fetched ahead. */
import type { Client } from "../jmap/client";
import type { EmailId } from "../jmap/ids";
import { MESSAGE, MESSAGE_ARGUMENTS, type Message, type Part } from "../jmap/mail";
import { get } from "../jmap/methods";
import { Failure } from "../jmap/problem";
import { textOfHtml } from "./html_text";

/** How many are kept; a message is at most a few hundred kilobytes of text here. */
export const MOST_MESSAGES = 60;

export class Messages {
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

  #fetch(id: EmailId): Promise<Message> {
    const call = get(MESSAGE, this.#client.accountId, [id], MESSAGE_ARGUMENTS);
    const fetching = this.#client.call(call).then(({ list: [message] }) => {
      if (message === undefined) {
        throw new Failure({ kind: "refused-record", type: "notFound", detail: "", properties: [] });
      }
      return message;
    });
    fetching.catch(() => this.#kept.delete(id));
    return fetching;
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

/** Whether the message has a formatted form that is not shown. */
export function hasFormatting(message: Message): boolean {
  return message.htmlBody.some(({ type }) => type.toLowerCase() === "text/html");
}

/** What can be saved: the attachments, and parts of the body that are no text. */
export function attachments(message: Message): readonly Part[] {
  const shown = new Set(message.textBody.filter(({ type }) => type.startsWith("text/")).map(({ blobId }) => blobId));
  const all = [...message.attachments, ...message.textBody.filter(({ type }) => !type.startsWith("text/"))];
  const seen = new Set<string>();
  return all.filter(({ blobId }) => {
    if (blobId === null || shown.has(blobId) || seen.has(blobId)) return false;
    seen.add(blobId);
    return true;
  });
}
