/** Acts on their way to the server: shown at once, kept over a reload, sent in order, taken back when refused. */
import { Batch } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { attempt, type Decoded, id, list, map, object, text } from "../jmap/decode";
import type { EmailId } from "../jmap/ids";
import { EMAIL } from "../jmap/mail";
import { set } from "../jmap/methods";
import { type Problem, passes, problemOf } from "../jmap/problem";
import type { Emails } from "./emails";
import type { Kept } from "./kept";
import { Value } from "./observable";
import { inverse, type Patch, type Patches, patchObject } from "./patch";

const keptPatch = object({
  into: list(id<"Mailbox">()),
  outOf: list(id<"Mailbox">()),
  mark: list(text),
  unmark: list(text),
});
const keptAct = object({ patches: map<Decoded<typeof keptPatch>, EmailId>(keptPatch) });

interface Waiting {
  readonly key: string;
  readonly patches: Patches;
  sending: boolean;
}

/** Runs one at a time among all windows of the browser; where it cannot be had, at once. */
export type Exclusively = (run: () => Promise<void>) => Promise<void>;

export const amongWindows: Exclusively = async (run) => {
  if (navigator.locks === undefined) return run();
  await navigator.locks.request("glaspost/outbox", run);
};

export interface Reports {
  /** Acts were refused, and what they did here is taken back. */
  refused(problem: Problem, ids: readonly EmailId[]): void;
  /** What stopped the sending; `null` when it goes on. */
  stopped(problem: Problem | null): void;
}

export class Outbox {
  /** How many acts wait. */
  readonly waiting = new Value(0);
  readonly #client: Client;
  readonly #emails: Emails;
  readonly #kept: Kept;
  readonly #reports: Reports;
  readonly #exclusively: Exclusively;
  #queue: Waiting[] = [];
  #running: Promise<void> | null = null;
  #next = 0;

  constructor(client: Client, emails: Emails, kept: Kept, reports: Reports, exclusively: Exclusively = amongWindows) {
    this.#client = client;
    this.#emails = emails;
    this.#kept = kept;
    this.#reports = reports;
    this.#exclusively = exclusively;
  }

  /** Takes up what an earlier page left. */
  async takeUp(): Promise<void> {
    const left = [...(await this.#kept.all("acts"))].sort(([a], [b]) => a.localeCompare(b));
    for (const [key, value] of left) {
      const read = attempt(keptAct, value);
      if (read === null) await this.#kept.remove("acts", key);
      else this.#queue.push({ key, patches: read.patches, sending: false });
    }
    this.#shown();
    if (this.#queue.length > 0) await this.send();
  }

  /** Does an act now; gives what would undo it. */
  async act(patches: Patches): Promise<Patches> {
    const back = new Map<EmailId, Patch>();
    for (const [id, patch] of patches) {
      const before = this.#emails.shown(id);
      if (before !== undefined) back.set(id, inverse(before, patch));
    }
    this.#next += 1;
    const key = `${Date.now().toString(36).padStart(9, "0")}-${this.#next.toString(36).padStart(6, "0")}`;
    this.#queue.push({ key, patches, sending: false });
    this.#shown();
    await this.#kept.put("acts", key, { patches: Object.fromEntries(patches) });
    void this.send();
    return back;
  }

  /** Sends what waits. Resolves when nothing waits any more, or nothing can be sent now. */
  send(): Promise<void> {
    this.#running ??= this.#exclusively(() => this.#run()).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  #shown(): void {
    this.waiting.set(this.#queue.length);
    this.#emails.overlay(this.#queue.map(({ patches }) => patches));
  }

  async #run(): Promise<void> {
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      first.sending = true;
      try {
        await this.#sendOne(first);
        this.#reports.stopped(null);
      } catch (thrown) {
        const problem = problemOf(thrown);
        first.sending = false;
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
  async #done(act: Waiting, refused: readonly EmailId[]): Promise<void> {
    this.#emails.confirm(new Map([...act.patches].filter(([id]) => !refused.includes(id))));
    this.#queue = this.#queue.filter((other) => other !== act);
    this.#shown();
    await this.#kept.remove("acts", act.key);
  }
}
