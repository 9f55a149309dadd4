/** The messages that lie open: as this window has them, and as its browser keeps them. A browser that keeps nothing any more (it has no
 * room, or has lost its database) hinders nothing: what it does not keep lives as long as the page, and goes on to the server. */
import type { EmailId } from "../jmap/ids";
import type { Address, Identity } from "../jmap/mail";
import type { Problem } from "../jmap/problem";
import type { Surroundings } from "../jmap/surroundings";
import type { Composition } from "./composition";
import type { Holds } from "./holds";
import type { Change, Kept } from "./kept";
import type { Line } from "./notice";
import { type Readable, Value } from "./observable";
import type { Patch } from "./patch";
import type { Pauses } from "./pauses";
import type { Places } from "./submitting";
import type { Uploads } from "./uploads";

/** What of its surroundings the desk needs. */
export interface Room extends Places {
  readonly line: Readable<Line>;
  /** Who goes on with what these have begun; the first there is where none of them is the account's own. */
  writer(from: readonly Address[]): Identity | undefined;
  /** Marks the message that was answered or passed on. */
  mark(id: EmailId, patch: Partial<Patch>): void;
  /** Saving met this; whether somebody must act on it is not the desk's to know. */
  met(problem: Problem): void;
  /** A message that waited for a connection has gone, or cannot go. */
  went(refused: Problem | null): void;
  readonly around: Pick<Surroundings, "wake" | "send">;
}

export type Saving = "unsaved" | "saving" | "here" | "saved";

export interface Open {
  readonly composition: Composition;
  readonly saving: Saving;
  readonly problem: Problem | null;
  /** Another device has gone on with it as well: what that one saved is a draft of its own. */
  readonly isForked: boolean;
}

/** What a message has beside: files on their way, what is done when it has been left alone, and that no other window has it. */
export interface Beside {
  readonly uploads: Uploads;
  readonly pauses: Pauses;
  readonly holds: Holds;
}

/** A message that was tried more often is known by the last dates. */
const MOST_DATES = 50;

export class OpenMessages {
  readonly all = new Value<readonly Open[]>([]);
  /** Closed before the server had them and their files: they go from the desk when it has. */
  readonly closing = new Set<string>();
  readonly #kept: Kept;
  readonly #beside: Beside;
  /** Those that the browser could not keep as they are now. */
  readonly #fleeting = new Set<string>();

  constructor(kept: Kept, beside: Beside) {
    this.#kept = kept;
    this.#beside = beside;
  }

  of(key: string): Open | undefined {
    return this.all.value.find(({ composition }) => composition.key === key);
  }

  put(composition: Composition, saving: Saving): void {
    void this.#beside.holds.take(composition);
    const others = this.all.value.filter((other) => other.composition.key !== composition.key);
    this.all.set([...others, { composition, saving, problem: null, isForked: false }]);
  }

  show(key: string, change: Partial<Open>): void {
    this.all.update((all) => all.map((one) => (one.composition.key === key ? { ...one, ...change } : one)));
  }

  /** There may be more drafts of it than one knows. */
  doubt(key: string): void {
    this.write(key, { unsure: true });
  }

  /** A draft is made of it now, and has this date, to the second (RFC 5322, 3.3); what is sent has the server's. */
  date(key: string): void {
    const draftDates = this.of(key)?.composition.draftDates ?? [];
    const now = Date.now();
    this.write(key, { draftDates: [...draftDates, now - (now % 1000)].slice(-MOST_DATES) });
  }

  /** This of what is written is otherwise. */
  write(key: string, change: Partial<Composition>): void {
    const now = this.of(key)?.composition;
    if (now !== undefined) this.show(key, { composition: { ...now, ...change } });
  }

  /** What the browser keeps of messages, open or not; `null` where it says nothing. */
  kept(): Promise<ReadonlyMap<string, unknown> | null> {
    return this.#kept.all("compositions").catch(() => null);
  }

  async keep(key: string): Promise<void> {
    await this.#write(key, []);
  }

  /** Keeps it in the place of a file that has become part of it. */
  async keepWith(key: string, file: string): Promise<void> {
    await this.#write(key, [{ kind: "files", key: file, value: undefined }]);
  }

  /** Nothing of it is kept any more, or this in its place. */
  async forget(key: string, instead?: unknown): Promise<void> {
    await this.#kept.put("compositions", key, instead).catch(() => {});
  }

  isFleeting(key: string): boolean {
    return this.#fleeting.has(key);
  }

  async #write(key: string, more: readonly Change[]): Promise<void> {
    const value = this.#record(key);
    if (value === undefined) return;
    try {
      await this.#kept.write([{ kind: "compositions", key, value }, ...more]);
      this.#fleeting.delete(key);
    } catch {
      this.#fleeting.add(key);
    }
  }

  /** As another page takes it up. */
  #record(key: string): unknown {
    const now = this.of(key);
    if (now === undefined) return undefined;
    const { composition, saving } = now;
    // a page that ends before the answer does not know what the server did
    const unsure = composition.unsure || saving === "saving" || composition.stage === "sending";
    return { ...composition, unsure, saved: saving === "saved", waits: this.#beside.uploads.waits(key) };
  }

  /** It is done with; this is kept in its place, if anything. */
  async clear(key: string, instead?: unknown): Promise<void> {
    const { pauses, uploads, holds } = this.#beside;
    pauses.end(key);
    this.all.update((all) => all.filter(({ composition }) => composition.key !== key));
    await this.forget(key, instead);
    await uploads.drop(key);
    this.#fleeting.delete(key);
    this.closing.delete(key);
    holds.letGo(key);
  }
}
