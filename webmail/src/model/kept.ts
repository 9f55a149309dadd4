/** What survives a reload: named records in the browser's own database. */
import { allOf, done, ended, opened } from "./requests";

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

/** One record at a time is written as many are. */
function keeping(of: Pick<Kept, "all" | "write" | "clear">): Kept {
  return {
    ...of,
    put: (kind, key, value) => of.write([{ kind, key, value }]),
    remove: (kind, key) => of.write([{ kind, key, value: undefined }]),
  };
}

/** Opens the database of one account. */
export async function inBrowser(account: string, databases: IDBFactory = indexedDB): Promise<Kept> {
  const database = await opened(databases, `glaspost/${account}`, VERSION, (upgraded) => {
    for (const kind of KINDS) if (!upgraded.objectStoreNames.contains(kind)) upgraded.createObjectStore(kind);
  });

  /** Where it takes nothing any more it goes as a whole. */
  async function removed(): Promise<void> {
    database.close();
    const removing = databases.deleteDatabase(database.name);
    // a window that holds on to it keeps nobody waiting
    await Promise.race([done(removing), new Promise((resolve) => removing.addEventListener("blocked", resolve))]);
  }

  async function transact(kinds: readonly Kind[], act: (store: (kind: Kind) => IDBObjectStore) => void): Promise<void> {
    if (kinds.length === 0) return;
    const transaction = database.transaction([...kinds], "readwrite");
    act((kind) => transaction.objectStore(kind));
    // a page that goes need not live until it is kept
    transaction.commit();
    await ended(transaction);
  }

  return keeping({
    all: async (kind) => allOf(database, kind),
    write: (changes) =>
      // what waits for a long file is nothing else than that
      transact([...new Set(changes.map(({ kind }) => kind))], (store) => {
        for (const { kind, key, value } of changes) {
          if (value === undefined) store(kind).delete(key);
          else store(kind).put(value, key);
        }
      }),
    clear: () =>
      transact(KINDS, (store) => {
        for (const kind of KINDS) store(kind).clear();
      }).catch(removed),
  });
}

/** What the browser is still opening: nobody waits for it before he uses it. */
export function coming(kept: Promise<Kept>): Kept {
  return keeping({
    all: async (kind) => (await kept).all(kind),
    write: async (changes) => (await kept).write(changes),
    clear: async () => (await kept).clear(),
  });
}

/** For browsers that keep nothing (a private window may refuse): lives as long as the page. */
export function inMemory(): Kept {
  const kinds = new Map<Kind, Map<string, unknown>>(KINDS.map((kind) => [kind, new Map()]));
  return keeping({
    all: async (kind) => new Map(kinds.get(kind)),
    write: async (changes) => {
      for (const { kind, key, value } of changes) {
        if (value === undefined) kinds.get(kind)?.delete(key);
        else kinds.get(kind)?.set(key, structuredClone(value));
      }
    },
    clear: async () => {
      for (const kind of kinds.values()) kind.clear();
    },
  });
}
