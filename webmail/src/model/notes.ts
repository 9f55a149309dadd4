/** What the worker must know of whoever is logged in to tell of new mail: one record in a database of its own. */
import { attempt, count, id, nullable, object, oneOf, state, text } from "../jmap/decode";
import type { AccountId, State } from "../jmap/ids";
import type { SubscriptionId } from "../jmap/subscription";
import type { Language } from "../texts/languages";
import { done, opened } from "./requests";

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

export function notes(databases: IDBFactory = indexedDB): Notes {
  async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => Promise<T>): Promise<T> {
    const database = await opened(databases, "glaspost-notes", 1, (upgraded) => upgraded.createObjectStore(STORE));
    return act(database.transaction(STORE, mode).objectStore(STORE)).finally(() => database.close());
  }
  return {
    read: () => run("readonly", async (store) => attempt(kept, await done(store.get(KEY)))),
    write: (note) => run("readwrite", async (store) => void (await done(store.put(note, KEY)))),
    change: (change) =>
      run("readwrite", async (store) => {
        const note = attempt(kept, await done(store.get(KEY)));
        if (note !== null) await done(store.put({ ...note, ...change }, KEY));
      }),
    clear: () => run("readwrite", async (store) => void (await done(store.clear()))),
  };
}
