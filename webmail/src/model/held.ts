/** What was sent lately: each is told of, and can be taken back while the server holds it. */
import { type Problem, passes } from "../jmap/problem";
import { longestDelay } from "../jmap/session";
import type { Account } from "./account";
import type { Desk } from "./desk";
import type { Notice } from "./notice";
import { Value } from "./observable";
import type { Sent } from "./submitting";

/** For how many seconds a person is told at least. */
const TOLD_SECONDS = 4;

export interface Gone {
  readonly sent: Sent;
  /** Until when it is told of; as long it can be taken back, where the server holds it. */
  readonly until: number;
  /** What a person had been told before: what he is told later, he did later. */
  readonly before: Notice | null;
}

export class Held {
  /** The newest last. */
  readonly all = new Value<readonly Gone[]>([]);
  readonly #account: Account;
  readonly #desk: Desk;
  readonly #asking = new Set<Gone>();

  constructor(account: Account, desk: Desk) {
    this.#account = account;
    this.#desk = desk;
  }

  add(sent: Sent): void {
    const { client, undoSeconds, around, notice } = this.#account;
    const held = sent.submissionId === null ? 0 : Math.min(undoSeconds, longestDelay(client.session, client.accountId));
    const ms = Math.max(TOLD_SECONDS, held) * 1000;
    const gone = { sent, until: Date.now() + ms, before: notice.value };
    this.all.update((all) => [...all, gone]);
    around.wake(ms, () => this.#remove(gone));
  }

  /** What would be taken back now; nothing where what a person is told of was done later. */
  newest(done: Notice | null): Gone | undefined {
    const gone = this.all.value.findLast(({ sent }) => sent.submissionId !== null);
    return done === null || done === gone?.before ? gone : undefined;
  }

  /** Gives the key by which it lies open again, or what stood in the way; `null` where it is being taken back already. What passes takes
   * no chance away. */
  async takeBack(gone: Gone): Promise<string | Problem | null> {
    if (this.#asking.has(gone)) return null;
    this.#asking.add(gone);
    const outcome = await this.#desk.unsend(gone.sent);
    this.#asking.delete(gone);
    if (typeof outcome === "string" || !passes(outcome)) this.#remove(gone);
    return outcome;
  }

  #remove(gone: Gone): void {
    this.all.update((all) => all.filter((other) => other !== gone));
  }
}
