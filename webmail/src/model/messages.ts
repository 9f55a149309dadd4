/** Whole messages, as a reader sees them: kept for a while, the neighbours fetched ahead. */
import type { Client } from "../jmap/client";
import type { EmailId } from "../jmap/ids";
import { AHEAD_ARGUMENTS, MESSAGE, MESSAGE_ARGUMENTS, type Message, WHOLE_ARGUMENTS } from "../jmap/mail";
import { get } from "../jmap/methods";
import { Failure } from "../jmap/problem";

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
