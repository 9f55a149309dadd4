/** What survives a reload: named records in the browser's own database. */
import { allOf, committed, opened } from "./requests";

/** A record that comes, or one that goes (its value is `undefined`). */
export interface Change {
  readonly kind: Kind;
  readonly key: string;
  readonly value: unknown;
}

export interface Kept {
  /** All records of a kind, by key. */
  all(kind: Kind): Promise<ReadonlyMap<string, unknown>>;
  put(kind: Kind, key: string, value: unknown): Promise<void>;
  remove(kind: Kind, key: string): Promise<void>;
  /** All of these changes or none. */
  write(changes: readonly Change[]): Promise<void>;
  /** Forgets everything: who logs out leaves nothing behind. */
  clear(): Promise<void>;
}

const KINDS = ["acts", "compositions", "files"] as const;
export type Kind = (typeof KINDS)[number];

/** 2: files that wait. */
const VERSION = 2;

/** Opens the database of one account. */
export async function inBrowser(account: string, databases: IDBFactory = indexedDB): Promise<Kept> {
  const database = await opened(databases, `glaspost/${account}`, VERSION, (upgraded) => {
    for (const kind of KINDS) if (!upgraded.objectStoreNames.contains(kind)) upgraded.createObjectStore(kind);
  });

  async function transact(kinds: readonly Kind[], act: (store: (kind: Kind) => IDBObjectStore) => void): Promise<void> {
    const transaction = database.transaction([...kinds], "readwrite");
    act((kind) => transaction.objectStore(kind));
    await committed(transaction);
  }

  return {
    all: async (kind) => allOf(database, kind),
    put: (kind, key, value) => transact([kind], (store) => store(kind).put(value, key)),
    remove: (kind, key) => transact([kind], (store) => store(kind).delete(key)),
    write: (changes) =>
      transact(KINDS, (store) => {
        for (const { kind, key, value } of changes) {
          if (value === undefined) store(kind).delete(key);
          else store(kind).put(value, key);
        }
      }),
    clear: () =>
      transact(KINDS, (store) => {
        for (const kind of KINDS) store(kind).clear();
      }),
  };
}

/** What the browser is still opening: nobody waits for it before he uses it. */
export function coming(kept: Promise<Kept>): Kept {
  return {
    all: async (kind) => (await kept).all(kind),
    put: async (kind, key, value) => (await kept).put(kind, key, value),
    remove: async (kind, key) => (await kept).remove(kind, key),
    write: async (changes) => (await kept).write(changes),
    clear: async () => (await kept).clear(),
  };
}

/** For browsers that keep nothing (a private window may refuse): lives as long as the page. */
export function inMemory(): Kept {
  const kinds = new Map<Kind, Map<string, unknown>>(KINDS.map((kind) => [kind, new Map()]));
  return {
    all: async (kind) => new Map(kinds.get(kind)),
    put: async (kind, key, value) => {
      kinds.get(kind)?.set(key, structuredClone(value));
    },
    remove: async (kind, key) => {
      kinds.get(kind)?.delete(key);
    },
    write: async (changes) => {
      for (const { kind, key, value } of changes) {
        if (value === undefined) kinds.get(kind)?.delete(key);
        else kinds.get(kind)?.set(key, structuredClone(value));
      }
    },
    clear: async () => {
      for (const kind of kinds.values()) kind.clear();
    },
  };
}
