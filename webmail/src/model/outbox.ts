/** Acts on their way to the server: shown at once, kept over a reload, sent in order, taken back when refused. */
import { Batch } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { attempt, type Decoded, id, list, map, object, oneOf, text } from "../jmap/decode";
import type { EmailId } from "../jmap/ids";
import { EMAIL } from "../jmap/mail";
import { set } from "../jmap/methods";
import { type Problem, passes, problemOf } from "../jmap/problem";
import type { Acted } from "./acts";
import type { Emails } from "./emails";
import type { Kept } from "./kept";
import { Value } from "./observable";
import { inverse, type Patch, type Patches, patchObject } from "./patch";
import type { Windows } from "./windows";

const keptPatch = object({
  into: list(id<"Mailbox">()),
  outOf: list(id<"Mailbox">()),
  mark: list(text),
  unmark: list(text),
});
const keptPatches = map<Decoded<typeof keptPatch>, EmailId>(keptPatch);
const keptAct = object({ patches: keptPatches });

/** What windows tell each other of acts: that there is a new one; that the server has one, or refused parts of it. */
const news = object({ what: oneOf("act", "done"), key: text, patches: keptPatches });
interface News {
  readonly what: "act" | "done";
  readonly key: string;
  readonly patches: Readonly<Record<string, Patch>>;
}

/** How many letters of a key say when the act was done. */
const TIME = 9;

interface Waiting {
  readonly key: string;
  readonly patches: Patches;
  /** Whether it stands in the queue that all windows share; what cannot be kept lives as long as the page. */
  place: "keeping" | "kept" | "here";
}

export interface Reports {
  /** Acts were refused, and what they did here is taken back. */
  refused(problem: Problem, ids: readonly EmailId[]): void;
  /** What stopped the sending; `null` when it goes on. */
  stopped(problem: Problem | null): void;
}

/** The queue is the one that is kept: all windows of a browser add to it, and one at a time sends what is first in it. */
export class Outbox {
  /** How many acts wait. */
  readonly waiting = new Value(0);
  readonly #client: Client;
  readonly #emails: Emails;
  readonly #kept: Kept;
  readonly #reports: Reports;
  readonly #windows: Windows;
  /** Two windows write no key twice. */
  readonly #window = crypto.randomUUID().slice(0, 8);
  #queue: readonly Waiting[] = [];
  #running: Promise<void> | null = null;
  #asked = false;
  /** Done, where the browser could not forget it: it is not done again. */
  readonly #over = new Set<string>();
  #next = 0;

  constructor(client: Client, emails: Emails, kept: Kept, reports: Reports, windows: Windows) {
    this.#client = client;
    this.#emails = emails;
    this.#kept = kept;
    this.#reports = reports;
    this.#windows = windows;
  }

  /** Shows what an earlier page left. */
  recall(): Promise<void> {
    return this.#read();
  }

  /** Takes up what an earlier page left. */
  async takeUp(): Promise<void> {
    await this.#read();
    if (this.#queue.length > 0) await this.send();
  }

  /** Does an act now; gives what would undo it. Of messages that nobody has looked at it is told how they were. */
  async act(patches: Patches, unseen: readonly Acted[] = []): Promise<Patches> {
    const were = new Map(unseen.map((one) => [one.id, one]));
    const back = new Map<EmailId, Patch>();
    for (const [id, patch] of patches) {
      const before = this.#emails.shown(id) ?? were.get(id);
      if (before !== undefined) back.set(id, inverse(before, patch));
    }
    this.#next += 1;
    const waiting: Waiting = { key: this.#key(), patches, place: "keeping" };
    this.#queue = [...this.#queue, waiting];
    this.#shown();
    try {
      await this.#kept.put("acts", waiting.key, { patches: Object.fromEntries(patches) });
      waiting.place = "kept";
      this.#tell({ what: "act", key: waiting.key, patches: {} });
    } catch {
      // the browser has no room: it goes from here
      waiting.place = "here";
    }
    void this.send();
    return back;
  }

  /** Sends what waits. Resolves when nothing waits any more, or nothing can be sent now. */
  send(): Promise<void> {
    this.#asked = true;
    this.#running ??= this.#turns();
    return this.#running;
  }

  /** Another window told something; `false` where it is nothing about acts. */
  hear(message: unknown): boolean {
    const told = attempt(news, message);
    if (told === null) return false;
    if (told.what === "act") void this.#read();
    else {
      this.#emails.confirm(told.patches);
      this.#queue = this.#queue.filter(({ key }) => key !== told.key);
      this.#shown();
    }
    return true;
  }

  /** Sorts behind all that waits, also behind what another window did within the same millisecond. */
  #key(): string {
    const last = this.#queue.at(-1)?.key.slice(0, TIME) ?? "0";
    const time = Math.max(Date.now(), Number.parseInt(last, 36) + 1);
    return `${time.toString(36).padStart(TIME, "0")}-${this.#next.toString(36).padStart(6, "0")}-${this.#window}`;
  }

  #tell(told: News): void {
    this.#windows.tell(told);
  }

  #shown(): void {
    this.waiting.set(this.#queue.length);
    this.#emails.overlay(this.#queue.map(({ patches }) => patches));
  }

  /** The queue as all windows have it, and what only this one has; where the browser tells nothing of it, as it was told last. */
  async #read(): Promise<void> {
    const all = await this.#kept.all("acts").catch(() => null);
    if (all === null) return;
    const queue = this.#queue.filter(({ key, place }) => place !== "kept" && !all.has(key));
    for (const [key, value] of all) {
      if (this.#over.has(key)) continue;
      const read = attempt(keptAct, value);
      if (read === null) await this.#forget(key);
      else queue.push({ key, patches: read.patches, place: "kept" });
    }
    this.#queue = queue.sort((a, b) => (a.key < b.key ? -1 : 1));
    this.#shown();
  }

  async #turns(): Promise<void> {
    try {
      while (this.#asked) {
        this.#asked = false;
        await this.#windows.alone("outbox", () => this.#run());
      }
    } finally {
      this.#running = null;
    }
  }

  async #first(): Promise<Waiting | undefined> {
    await this.#read();
    return this.#queue.find(({ place }) => place !== "keeping");
  }

  async #run(): Promise<void> {
    for (let first = await this.#first(); first !== undefined; first = await this.#first()) {
      try {
        await this.#sendOne(first);
        this.#reports.stopped(null);
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (passes(problem) || problem.kind === "signed-out") {
          this.#reports.stopped(problem);
          return;
        }
        await this.#done(first, [...first.patches.keys()]);
        this.#reports.refused(problem, [...first.patches.keys()]);
      }
    }
  }

  async #sendOne(act: Waiting): Promise<void> {
    const updates = [...act.patches].map(([id, patch]) => [id, patchObject(patch)] as const);
    const most = this.#client.session.limits.maxObjectsInSet;
    const refused = new Map<string, Problem>();
    for (let from = 0; from < updates.length; from += most) {
      const batch = new Batch();
      const update = Object.fromEntries(updates.slice(from, from + most));
      const asked = batch.add(set(EMAIL, this.#client.accountId, { update }));
      for (const [id, problem] of (await this.#client.send(batch)).of(asked).refused) refused.set(id, problem);
    }
    const back = [...act.patches.keys()].filter((id) => refused.has(id));
    await this.#done(act, back);
    const [first] = refused.values();
    if (first !== undefined) this.#reports.refused(first, back);
  }

  /** The server has it, but for those that it refused. */
  async #done({ key, patches }: Waiting, refused: readonly EmailId[]): Promise<void> {
    const done = new Map([...patches].filter(([id]) => !refused.includes(id)));
    this.#emails.confirm(done);
    this.#queue = this.#queue.filter((other) => other.key !== key);
    this.#shown();
    await this.#forget(key);
    this.#tell({ what: "done", key, patches: Object.fromEntries(done) });
  }

  async #forget(key: string): Promise<void> {
    await this.#kept.remove("acts", key).catch(() => void this.#over.add(key));
  }
}
