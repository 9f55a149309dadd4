/** What the worker must know of whoever is logged in to tell of new mail: one record in a database of its own. */
import { attempt, count, id, nullable, object, oneOf, state, text } from "../jmap/decode";
import type { AccountId, State } from "../jmap/ids";
import type { SubscriptionId } from "../jmap/subscription";
import type { Language } from "../texts/languages";

export interface Note {
  readonly account: AccountId;
  readonly apiUrl: string;
  readonly language: Language;
  /** Up to where mail is no news. */
  readonly state: State;
  /** `null` until the server has said it. */
  readonly subscription: SubscriptionId | null;
  /** The push service's address. */
  readonly endpoint: string;
  readonly expires: number | null;
}

const kept = object({
  account: id<"Account">(),
  apiUrl: text,
  language: oneOf("nl", "en"),
  state,
  subscription: nullable(id<"PushSubscription">()),
  endpoint: text,
  expires: nullable(count),
});

export interface Notes {
  read(): Promise<Note | null>;
  write(note: Note): Promise<void>;
  /** Changes the note that is there; where there is none, nobody is told anything. */
  change(change: Partial<Note>): Promise<void>;
  clear(): Promise<void>;
}

const STORE = "notes";
const KEY = "note";

async function store(databases: IDBFactory, mode: IDBTransactionMode) {
  const opening = databases.open("glaspost-notes", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await done(opening);
  return { database, notes: database.transaction(STORE, mode).objectStore(STORE) };
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export function notes(databases: IDBFactory = indexedDB): Notes {
  async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    const { database, notes: opened } = await store(databases, mode);
    return act(opened).finally(() => database.close());
  }
  return {
    read: () => run("readonly", async (opened) => attempt(kept, await done(opened.get(KEY)))),
    write: (note) => run("readwrite", async (opened) => void (await done(opened.put(note, KEY)))),
    change: (change) =>
      run("readwrite", async (opened) => {
        const note = attempt(kept, await done(opened.get(KEY)));
        if (note !== null) await done(opened.put({ ...note, ...change }, KEY));
      }),
    clear: () => run("readwrite", async (opened) => void (await done(opened.clear()))),
  };
}
