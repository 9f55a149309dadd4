/** What survives a reload: named records in the browser's own database. */

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

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Opens the database of one account. */
export async function inBrowser(account: string, databases: IDBFactory = indexedDB): Promise<Kept> {
  const opening = databases.open(`glaspost/${account}`, VERSION);
  opening.onupgradeneeded = () => {
    const { result } = opening;
    for (const kind of KINDS) if (!result.objectStoreNames.contains(kind)) result.createObjectStore(kind);
  };
  const database = await done(opening);
  // a window of a later release waits for this one
  database.onversionchange = () => database.close();

  async function transact(kinds: readonly Kind[], act: (store: (kind: Kind) => IDBObjectStore) => void): Promise<void> {
    const transaction = database.transaction([...kinds], "readwrite");
    act((kind) => transaction.objectStore(kind));
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error);
    });
  }

  return {
    async all(kind) {
      const store = database.transaction(kind).objectStore(kind);
      const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
      return new Map(keys.map((key, index) => [String(key), values[index]]));
    },
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
