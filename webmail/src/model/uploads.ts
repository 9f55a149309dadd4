/** Files on their way up, of all messages that are being written: a few at a time, each with its progress. From the moment it is
 * attached until the server has it a file is kept in the browser, so that neither a page that ends nor a network that is away loses it. */
import type { Client } from "../jmap/client";
import { absent, attempt, blob, type Decoded, list, nullable, object, text } from "../jmap/decode";
import { type Problem, passes, problemOf } from "../jmap/problem";
import type { Surroundings } from "../jmap/surroundings";
import { upload } from "../jmap/transfer";
import type { Attached } from "./composition";
import type { Kept } from "./kept";
import type { Line } from "./notice";
import { type Readable, Value } from "./observable";
import { Turns } from "./turns";

/** How much a browser keeps of files that wait. */
export const MOST_KEPT = 256 * 1024 * 1024;
/** After how many milliseconds a file is tried again that met no network. */
export const AGAIN = 2000;
/** How often a file is tried again that breaks off though there is a network. */
const MOST_BROKEN = 3;

export type Progress =
  | { readonly kind: "going"; readonly percent: number }
  /** For a connection. */
  | { readonly kind: "waiting" }
  | { readonly kind: "failed"; readonly problem: Problem }
  /** An earlier page had it, and could not keep it. */
  | { readonly kind: "lost" };

export interface Rising {
  readonly id: string;
  /** Of the message to which it belongs. */
  readonly message: string;
  readonly name: string;
  readonly at: Progress;
  /** Whether it lives as long as the page only: the browser has no room for it. */
  readonly fleeting: boolean;
}

/** A file to attach; `cid` names a picture by which the text shows it. */
export interface Picked {
  readonly file: File;
  readonly cid: string | null;
}

interface Item extends Rising {
  readonly cid: string | null;
  readonly bytes: Blob | null;
  readonly broken: number;
}

const keptFile = object({ name: text, cid: nullable(text), bytes: blob });
const ofWaiting = object({ waits: absent(list(object({ id: text, name: text })), []) });
/** The files that a message waits for, as it is kept: one of them that is not there is missed. */
export type Waits = Decoded<typeof ofWaiting>["waits"];

export function waitsOf(record: unknown): Waits {
  return attempt(ofWaiting, record)?.waits ?? [];
}

/** What becomes of files. */
export interface Ends {
  /** The server has it. Resolves when that is kept: `kept` is where it was. */
  arrived(message: string, file: Attached, kept: string): Promise<void>;
  failed(message: string, problem: Problem): void;
}

function place({ message, id }: Pick<Rising, "message" | "id">): string {
  return `${message}/${id}`;
}

export class Uploads {
  readonly all = new Value<readonly Rising[]>([]);
  readonly #client: Client;
  readonly #kept: Kept;
  readonly #line: Readable<Line>;
  readonly #around: Pick<Surroundings, "wake" | "send">;
  readonly #ends: Ends;
  #items: readonly Item[] = [];
  /** What stops those that are being sent. */
  readonly #running = new Map<string, AbortController>();
  /** The browser is keeping them, one after another: what each finds there already is counted. */
  readonly #keeping = new Map<string, Promise<void>>();
  readonly #turns = new Turns();
  #next = 0;

  constructor(
    client: Client,
    kept: Kept,
    { line, around }: { readonly line: Readable<Line>; readonly around: Pick<Surroundings, "wake" | "send"> },
    ends: Ends,
  ) {
    this.#client = client;
    this.#kept = kept;
    this.#line = line;
    this.#around = around;
    this.#ends = ends;
    line.subscribe(() => this.#resume());
  }

  of(message: string): readonly Rising[] {
    return this.#items.filter((item) => item.message === message);
  }

  /** Whether a file lives as long as this page only. */
  get wouldLose(): boolean {
    return this.#items.some(({ fleeting, bytes }) => fleeting && bytes !== null);
  }

  waits(message: string): Waits {
    return this.of(message).map(({ id, name }) => ({ id, name }));
  }

  add(message: string, files: Iterable<Picked>): void {
    const added = [...files].map(({ file, cid }): Item => {
      this.#next += 1;
      const id = `${Date.now().toString(36)}-${this.#next.toString(36).padStart(4, "0")}-${crypto.randomUUID().slice(0, 8)}`;
      return { id, message, name: file.name, cid, bytes: file, broken: 0, fleeting: false, at: this.#beginning(file) };
    });
    this.#show([...this.#items, ...added]);
    for (const item of added)
      this.#keeping.set(
        item.id,
        this.#turns.after("keep", () => this.#keep(item)),
      );
    this.#go();
  }

  /** Takes up what an earlier page kept of a message; what that page waited for and could not keep is lost. */
  async takeUp(message: string, record: unknown): Promise<void> {
    const files = await this.#kept.all("files").catch(() => new Map<string, unknown>());
    const known = new Set(this.of(message).map(({ id }) => id));
    const found = [...files].flatMap(([key, value]): Item[] => {
      const read = key.startsWith(`${message}/`) ? attempt(keptFile, value) : null;
      const id = key.slice(message.length + 1);
      if (read === null || known.has(id)) return [];
      return [{ ...read, id, message, broken: 0, fleeting: false, at: this.#beginning(read.bytes) }];
    });
    const there = new Set([...known, ...found.map(({ id }) => id)]);
    const lost = waitsOf(record).flatMap(({ id, name }): Item[] =>
      there.has(id)
        ? []
        : [{ id, message, name, cid: null, bytes: null, broken: 0, fleeting: true, at: { kind: "lost" } }],
    );
    this.#show([...this.#items, ...found.sort((a, b) => (a.id < b.id ? -1 : 1)), ...lost]);
    this.#go();
  }

  /** One that failed is tried once more. */
  again(id: string): void {
    const bytes = this.#items.find((one) => one.id === id)?.bytes;
    if (bytes === null || bytes === undefined) return;
    this.#change(id, { at: this.#beginning(bytes), broken: 0 });
    this.#go();
  }

  /** It is not to be attached after all. */
  async remove(id: string): Promise<void> {
    const item = this.#items.find((one) => one.id === id);
    if (item !== undefined) await this.#letGo([item]);
  }

  /** The message is gone, and its files with it. */
  async drop(message: string): Promise<void> {
    await this.#letGo(this.#items.filter((item) => item.message === message));
  }

  /** Whoever writes leaves: what is on its way stops, what is kept stays. */
  end(): void {
    for (const stop of this.#running.values()) stop.abort(new DOMException("closed", "AbortError"));
    this.#show([]);
  }

  /** Files whose message is not there any more go: a page ended between the one and the other. */
  async tidy(messages: ReadonlySet<string>): Promise<void> {
    const files = await this.#kept.all("files").catch(() => new Map<string, unknown>());
    const orphans = [...files.keys()].filter((key) => !messages.has(key.slice(0, key.lastIndexOf("/"))));
    await this.#forget(orphans);
  }

  /** What a broken database keeps goes when a later page tidies it. */
  async #forget(keys: readonly string[]): Promise<void> {
    await this.#kept.write(keys.map((key) => ({ kind: "files", key, value: undefined }))).catch(() => {});
  }

  #beginning({ size }: Blob): Progress {
    const limit = this.#client.session.limits.maxSizeUpload;
    // told at once, also where it would wait
    if (size > limit) return { kind: "failed", problem: { kind: "too-large", limit } };
    return this.#line.value.kind === "open" ? { kind: "going", percent: 0 } : { kind: "waiting" };
  }

  #show(items: readonly Item[]): void {
    this.#items = items;
    this.all.set(items);
  }

  #change(id: string, change: Partial<Item>): void {
    this.#show(this.#items.map((item) => (item.id === id ? { ...item, ...change } : item)));
  }

  async #letGo(items: readonly Item[]): Promise<void> {
    const gone = new Set(items.map(({ id }) => id));
    this.#show(this.#items.filter(({ id }) => !gone.has(id)));
    for (const id of gone) this.#running.get(id)?.abort(new DOMException("removed", "AbortError"));
    await Promise.all([...gone].map((id) => this.#keeping.get(id)));
    if (items.length === 0) return;
    await this.#forget(items.map(place));
  }

  async #keep(item: Item): Promise<void> {
    const { name, cid, bytes } = item;
    try {
      const others = [...(await this.#kept.all("files")).values()].map((value) => attempt(keptFile, value));
      const before = others.reduce((sum, one) => sum + (one?.bytes.size ?? 0), 0);
      if (before + (bytes?.size ?? 0) > MOST_KEPT) throw new DOMException("too much waits", "QuotaExceededError");
      await this.#kept.put("files", place(item), { name, cid, bytes });
    } catch {
      // a browser without room for it says so: it goes from this page, or not at all
      this.#change(item.id, { fleeting: true });
    } finally {
      this.#keeping.delete(item.id);
    }
  }

  #go(): void {
    const most = this.#client.session.limits.maxConcurrentUpload;
    for (const item of this.#items) {
      if (this.#running.size >= most) return;
      if (item.at.kind === "going" && !this.#running.has(item.id)) void this.#send(item).then(() => this.#go());
    }
  }

  /** There may be a connection again. */
  #resume(): void {
    if (this.#line.value.kind !== "open") return;
    const waiting = this.#items.filter(({ at }) => at.kind === "waiting");
    for (const { id } of waiting) this.#change(id, { at: { kind: "going", percent: 0 } });
    this.#go();
  }

  async #send(item: Item): Promise<void> {
    const { id, message, name, cid, bytes } = item;
    if (bytes === null) return;
    const stop = new AbortController();
    this.#running.set(id, stop);
    const progress = (sent: number) =>
      this.#change(id, { at: { kind: "going", percent: Math.floor((100 * sent) / Math.max(1, bytes.size)) } });
    try {
      const { session, accountId } = this.#client;
      const done = await upload(session, accountId, bytes, progress, stop.signal, this.#around.send);
      await this.#keeping.get(id);
      // taken away at the last moment
      if (stop.signal.aborted) return;
      this.#show(this.#items.filter((one) => one.id !== id));
      await this.#ends.arrived(message, { ...done, name, cid }, place(item));
    } catch (thrown) {
      if (!stop.signal.aborted) this.#failed(item, problemOf(thrown));
    } finally {
      this.#running.delete(id);
    }
  }

  #failed(item: Item, problem: Problem): void {
    const now = this.#items.find(({ id }) => id === item.id) ?? item;
    // where there is a connection it is the file or the server that breaks it off
    const broken = now.broken + (this.#line.value.kind === "open" ? 1 : 0);
    // who logs in again goes on; until then it is kept
    const waits = (passes(problem) && broken <= MOST_BROKEN) || problem.kind === "signed-out";
    if (waits) {
      this.#change(item.id, { at: { kind: "waiting" }, broken });
      this.#around.wake(AGAIN, () => this.#resume());
    } else {
      this.#change(item.id, { at: { kind: "failed", problem } });
      this.#ends.failed(item.message, problem);
    }
  }
}
