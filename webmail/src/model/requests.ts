/** What the browser's own databases (IndexedDB) say by events, as promises. */

export function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Resolves when what was written is kept. */
export function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Opens a database; one of an earlier version is brought to this one first. */
export async function opened(
  databases: IDBFactory,
  name: string,
  version: number,
  upgrade: (database: IDBDatabase) => void,
): Promise<IDBDatabase> {
  const opening = databases.open(name, version);
  opening.onupgradeneeded = () => upgrade(opening.result);
  const database = await done(opening);
  // a window of a later version waits for this one
  database.onversionchange = () => database.close();
  return database;
}

/** All records of a kind, by key. */
export async function allOf(database: IDBDatabase, kind: string): Promise<ReadonlyMap<string, unknown>> {
  const store = database.transaction(kind).objectStore(kind);
  const [keys, values] = await Promise.all([done(store.getAllKeys()), done(store.getAll())]);
  return new Map(keys.map((key, index) => [String(key), values[index]]));
}
