/** What a browser keeps of an account's mail: named records in a database of its own, which may be thrown away at any time. What
 * people write is kept elsewhere (kept.ts). */
import { allOf, done, ended, opened } from "./requests";

const KINDS = ["state", "emails", "threads", "messages", "pages", "files", "sizes", "cards"] as const;
export type Kind = (typeof KINDS)[number];

/** Another number is another shape: what an earlier version kept is fetched again. */
const VERSION = 2;

/** A record that comes, one that goes (its value is `undefined`), or all that go whose keys begin so. */
export type Change =
  | { readonly kind: Kind; readonly key: string; readonly value: unknown }
  | { readonly kind: Kind; readonly under: string };

export type Writing = "at once" | "in pieces";

export interface Database {
  all(kind: Kind): Promise<ReadonlyMap<string, unknown>>;
  get(kind: Kind, key: string): Promise<unknown>;
  /** All of these changes or none. In pieces the page draws its frames between them; a page that goes has no time for that. */
  write(changes: Iterable<Change>, how?: Writing): Promise<void>;
  /** The same, while somebody is logged in: a page that goes on after that leaves nothing behind. */
  writeWhileIn(changes: readonly Change[], how?: Writing): Promise<void>;
  clear(): Promise<void>;
  close(): void;
}

/** The record that is there while somebody is logged in. */
export const SESSION = "session";

/** How many records are put between two frames. */
export const PIECE = 20;
const MOST: Readonly<Record<Writing, number>> = { "at once": Number.POSITIVE_INFINITY, "in pieces": PIECE };

function put(transaction: IDBTransaction, change: Change): IDBRequest {
  const store = transaction.objectStore(change.kind);
  if ("under" in change) return store.delete(IDBKeyRange.bound(change.under, `${change.under}\uffff`));
  return change.value === undefined ? store.delete(change.key) : store.put(change.value, change.key);
}

/** Puts the next ones; when those are there, more, in the same transaction. */
function apply(transaction: IDBTransaction, changes: Iterator<Change>, most: number): void {
  let last: IDBRequest | undefined;
  for (let done = 0; done < most; done += 1) {
    const next = changes.next();
    if (next.done === true) return;
    last = put(transaction, next.value);
  }
  if (last !== undefined) last.onsuccess = () => apply(transaction, changes, most);
}

/** Opens the database of one account. */
export async function database(account: string, databases: IDBFactory = indexedDB): Promise<Database> {
  const mail = await opened(databases, `glaspost-mail/${account}`, VERSION, (upgraded) => {
    for (const kind of [...upgraded.objectStoreNames]) upgraded.deleteObjectStore(kind);
    for (const kind of KINDS) upgraded.createObjectStore(kind);
  });
  // what is lost with the power is fetched again
  const writing = () => mail.transaction([...KINDS], "readwrite", { durability: "relaxed" });

  return {
    all: async (kind) => allOf(mail, kind),
    // as a promise also where the database is closed
    get: async (kind, key) => done<unknown>(mail.transaction(kind).objectStore(kind).get(key)),
    async write(changes, how = "at once") {
      const transaction = writing();
      apply(transaction, changes[Symbol.iterator](), MOST[how]);
      // a page that goes need not live until it is kept
      if (how === "at once") transaction.commit();
      await ended(transaction);
    },
    async writeWhileIn(changes, how = "at once") {
      const transaction = writing();
      const session = transaction.objectStore("state").count(SESSION);
      session.onsuccess = () => {
        if (session.result > 0) apply(transaction, changes[Symbol.iterator](), MOST[how]);
      };
      await ended(transaction);
    },
    async clear() {
      const transaction = writing();
      for (const kind of KINDS) transaction.objectStore(kind).clear();
      await ended(transaction);
    },
    close: () => mail.close(),
  };
}
