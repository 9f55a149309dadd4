/** What survives a reload: named records in the browser's own database. */

export interface Kept {
  /** All records of a kind, by key. */
  all(kind: Kind): Promise<ReadonlyMap<string, unknown>>;
  put(kind: Kind, key: string, value: unknown): Promise<void>;
  remove(kind: Kind, key: string): Promise<void>;
  /** Forgets everything: who logs out leaves nothing behind. */
  clear(): Promise<void>;
}

const KINDS = ["acts", "compositions"] as const;
export type Kind = (typeof KINDS)[number];

const VERSION = 1;

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
    for (const kind of KINDS) opening.result.createObjectStore(kind);
  };
  const database = await done(opening);

  async function write(kinds: readonly Kind[], act: (store: IDBObjectStore) => void): Promise<void> {
    const transaction = database.transaction([...kinds], "readwrite");
    for (const kind of kinds) act(transaction.objectStore(kind));
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
    put: (kind, key, value) => write([kind], (store) => store.put(value, key)),
    remove: (kind, key) => write([kind], (store) => store.delete(key)),
    clear: () => write(KINDS, (store) => store.clear()),
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
    clear: async () => {
      for (const kind of kinds.values()) kind.clear();
    },
  };
}
