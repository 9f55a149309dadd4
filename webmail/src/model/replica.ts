/** What of an account's mail this browser keeps, so that it is there at once, and without a network: mailboxes, labels, saved searches,
 * the rows of lists that were looked at, messages that were read, and the address book (kept_cards.ts). One window writes it, from records that its states describe. */
import { absent, attempt, count, flag, id, list, nullable, object, state, text } from "../jmap/decode";
import { encoded, encodedEmail, encodedMessage } from "../jmap/encode";
import type { EmailId, State, ThreadId } from "../jmap/ids";
import {
  EMAIL,
  type Email,
  IDENTITY,
  type Identity,
  MAILBOX,
  type Mailbox,
  MESSAGE,
  type Message,
  THREAD,
  type Thread,
} from "../jmap/mail";
import { LABEL, type Label, SAVED_SEARCH, type SavedSearch } from "../jmap/own";
import { KeptCards } from "./kept_cards";
import { tidy, unweighed, weighed } from "./replica_bounds";
import { type Change, type Database, SESSION, type Writing } from "./replica_database";
import type { Windows } from "./windows";

/** The rows of a list from the top. */
const rows = object({
  ids: list(id<"Email">()),
  total: count,
  queryState: nullable(state),
  calculable: flag,
  seen: absent(count, 0),
});
export interface KeptList {
  readonly ids: readonly EmailId[];
  readonly total: number;
  readonly queryState: State | null;
  readonly calculable: boolean;
  /** When it was looked at last. */
  readonly seen: number;
}

/** The account as a page has it at one moment: no record is older than its state says. */
export interface Snapshot {
  readonly session: unknown;
  readonly mailboxes: readonly Mailbox[];
  readonly mailboxState: State | null;
  readonly identities: readonly Identity[];
  /** In the order in which they are shown. */
  readonly labels: readonly Label[];
  readonly searches: readonly SavedSearch[];
  readonly emails: ReadonlyMap<EmailId, Email>;
  readonly emailState: State | null;
  readonly threads: ReadonlyMap<ThreadId, Thread>;
  readonly threadState: State | null;
  readonly lists: ReadonlyMap<string, KeptList>;
}

/** How many lists are kept. */
export const MOST_LISTS = 50;
const LIST = "list/";
/** After so many messages what is too much goes; and at the beginning of a page. */
const TIDY_AFTER = 100;

const overview = object({
  mailboxes: list(MAILBOX.decode),
  mailboxState: nullable(state),
  identities: list(IDENTITY.decode),
  // an earlier release kept none
  labels: absent(list(LABEL.decode), []),
  searches: absent(list(SAVED_SEARCH.decode), []),
  emailState: nullable(state),
  threadState: nullable(state),
});
type Written = Pick<Snapshot, "emails" | "threads" | "lists">;
const NOTHING: Written = {
  emails: new Map(),
  threads: new Map(),
  lists: new Map(),
};
const EVERYTHING_READ = (["messages", "pages", "files", "sizes"] as const).map((kind): Change => ({ kind, under: "" }));

/** What keeps an account's mail. */
export interface Keeper {
  /** The page goes. */
  keepNow(): void;
  /** Keeps no more; what is kept stays. */
  end(): Promise<void>;
  /** Nothing stays. */
  clear(): Promise<void>;
}

export class Replica implements Keeper {
  readonly cards: KeptCards;
  readonly #database: Database;
  readonly #now: () => number;
  /** What the database has, by the values that were written. */
  #written: Written | null = null;
  #stamp: string | null = null;
  /** How many messages this page has kept. */
  #kept = 0;
  #writing: Promise<void> = Promise.resolve();
  /** Gives what the account has, while this window writes. */
  #take: (() => Snapshot) | null = null;
  #ends: () => void = () => {};

  constructor(database: Database, now: () => number = Date.now) {
    this.#database = database;
    this.#now = now;
    this.cards = new KeptCards(database);
  }

  /** What an earlier page kept; `null` where there is nothing, or it cannot be read any more. */
  async recalled(): Promise<Snapshot | null> {
    const [states, emails, threads] = await Promise.all(
      (["state", "emails", "threads"] as const).map((kind) => this.#database.all(kind)),
    );
    const session = states?.get(SESSION);
    const read = attempt(overview, states?.get("overview"));
    if (session === undefined || read === null || emails === undefined || threads === undefined) return null;
    const known = [...emails.values()].flatMap((value) => attempt(EMAIL.decode, value) ?? []);
    const together = [...threads.values()].flatMap((value) => attempt(THREAD.decode, value) ?? []);
    const snapshot = {
      ...read,
      session,
      emails: new Map(known.map((email) => [email.id, email])),
      threads: new Map(together.map((thread) => [thread.id, thread])),
      lists: new Map([...(states ?? [])].flatMap(([key, value]) => listOf(key, value))),
    };
    this.#written = snapshot;
    this.#stamp = attempt(text, states?.get("stamp"));
    return snapshot;
  }

  /** From now on this window writes what the account has, when no other window does. */
  follow(windows: Windows, take: () => Snapshot): void {
    const leading = async () => {
      // another window may have written since this one read
      const stamp = attempt(text, await this.#database.get("state", "stamp"));
      if (stamp === null || stamp !== this.#stamp) this.#written = null;
      this.#take = take;
      this.keep();
      await new Promise<void>((resolve) => {
        this.#ends = resolve;
      });
    };
    // a browser that keeps nothing more keeps less
    windows.alone("replica", leading).catch(() => {});
  }

  /** Writes what the account has now, where this window is the one that writes. */
  keepNow(): void {
    if (this.#take !== null) this.#write(this.#take(), "at once");
  }

  /** The same, while the page is looked at. */
  keep(): void {
    if (this.#take !== null) this.#write(this.#take(), "in pieces");
  }

  async message(of: EmailId): Promise<Message | null> {
    const found = attempt(MESSAGE.decode, await this.#database.get("messages", of).catch(() => null));
    return found;
  }

  async keepMessage(message: Message): Promise<void> {
    const value = encodedMessage(message);
    const weight = { at: this.#now(), size: JSON.stringify(value).length };
    this.#kept += 1;
    await this.#database
      .writeWhileIn(weighed("messages", message.id, value, weight))
      .then(() => (this.#kept % TIDY_AFTER === 0 ? this.tidy() : undefined))
      .catch(() => {});
  }

  /** These messages are no more, nor what was shown of them. */
  async forget(ids: readonly EmailId[] | "all"): Promise<void> {
    if (ids.length === 0) return;
    const changes = ids === "all" ? EVERYTHING_READ : (await Promise.all(ids.map((gone) => this.#traces(gone)))).flat();
    await this.#database.writeWhileIn(changes).catch(() => {});
  }

  async #traces(gone: EmailId): Promise<readonly Change[]> {
    const message = await this.message(gone);
    const parts = message === null ? [] : [...message.attachments, ...message.textBody, ...message.htmlBody];
    const files = parts.flatMap(({ blobId }) => (blobId === null ? [] : unweighed("files", `${blobId}/`)));
    return [
      { kind: "messages", key: gone, value: undefined },
      { kind: "sizes", key: `messages/${gone}`, value: undefined },
      ...unweighed("pages", `${gone}/`),
      ...files,
    ];
  }

  /** What is too old or too much goes. */
  async tidy(): Promise<void> {
    await tidy(this.#database, this.#now());
  }

  /** This window writes no more; what it wrote stays. */
  async end(): Promise<void> {
    this.keepNow();
    await this.#stop();
    this.#database.close();
  }

  /** Who leaves leaves nothing behind. */
  async clear(): Promise<void> {
    await this.#stop();
    await this.#database.clear();
    this.#database.close();
  }

  async #stop(): Promise<void> {
    this.#take = null;
    this.#ends();
    await this.#writing;
  }

  #write(now: Snapshot, how: Writing): void {
    // as it is at this moment: later records are another writing's
    const snapshot = { ...now, emails: new Map(now.emails), threads: new Map(now.threads) };
    this.#writing = this.#writing.then(() => this.#difference(snapshot, how)).catch(() => {});
  }

  /** Only what is another value than before is written, and all of it or nothing. */
  async #difference(snapshot: Snapshot, how: Writing): Promise<void> {
    const lists = new Map([...snapshot.lists].sort(([, a], [, b]) => b.seen - a.seen).slice(0, MOST_LISTS));
    const next = { ...snapshot, lists };
    const stamp = crypto.randomUUID();
    await this.#database.write(changed(this.#written, next, stamp), how);
    this.#written = next;
    this.#stamp = stamp;
  }
}

/** What makes of what was written what is now; each record is encoded when it is put. */
function* changed(written: Written | null, now: Snapshot, stamp: string): Generator<Change> {
  const before = written ?? NOTHING;
  if (written === null) yield* [{ kind: "emails", under: "" } as const, { kind: "threads", under: "" } as const];
  yield* differences("emails", before.emails, now.emails, encodedEmail);
  yield* differences("threads", before.threads, now.threads, (thread) => thread);
  const { mailboxes, mailboxState, identities, labels, searches, emailState, threadState } = now;
  yield { kind: "state", key: SESSION, value: now.session };
  yield {
    kind: "state",
    key: "overview",
    value: encoded({ mailboxes, mailboxState, identities, labels, searches, emailState, threadState }),
  };
  yield { kind: "state", key: "stamp", value: stamp };
  if (written === null) yield { kind: "state", under: LIST };
  yield* differences("state", before.lists, now.lists, (kept) => kept, LIST);
}

function* differences<K extends string, T>(
  kind: "emails" | "threads" | "state",
  before: ReadonlyMap<K, T>,
  now: ReadonlyMap<K, T>,
  kept: (value: T) => unknown,
  under = "",
): Generator<Change> {
  for (const [key, value] of now) {
    if (before.get(key) !== value) yield { kind, key: `${under}${key}`, value: kept(value) };
  }
  for (const key of before.keys()) if (!now.has(key)) yield { kind, key: `${under}${key}`, value: undefined };
}

function listOf(key: string, value: unknown): readonly (readonly [string, KeptList])[] {
  if (!key.startsWith(LIST)) return [];
  const read = attempt(rows, value);
  return read === null ? [] : [[key.slice(LIST.length), read]];
}
