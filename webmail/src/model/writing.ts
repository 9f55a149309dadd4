/** What one writes with: the desk, and whom one may mean. It comes after the first list, which does not wait for it. */
import type { Account } from "./account";
import { namedAmong, senderOf } from "./composition";
import { Correspondents } from "./correspondents";
import { Desk } from "./desk";
import { isDiscarded } from "./discarded";
import { Elsewhere } from "./elsewhere";
import { Held } from "./held";
import { patch } from "./patch";

export class Writing {
  readonly desk: Desk;
  readonly held: Held;
  readonly correspondents: Correspondents;
  /** Resolves when what an earlier page left lies on the desk, or cannot. */
  takenUp: Promise<void> = Promise.resolve();

  readonly #elsewhere: Elsewhere;

  readonly #account: Account;

  constructor(account: Account) {
    this.#account = account;
    const { client, kept, windows, notice, line, around } = account;
    this.desk = new Desk(
      client,
      kept,
      {
        identity: (of) => senderOf(of, account.identities.value),
        writer: (from) => namedAmong(from, account.identities.value),
        drafts: () => account.place("drafts"),
        sent: () => account.place("sent"),
        undoSeconds: () => account.undoSeconds,
        mark: (id, change) => void account.outbox.act(new Map([[id, patch(change)]])),
        met: (problem) => {
          if (problem.kind === "signed-out") line.set({ kind: "broken", cause: problem });
        },
        went: (refused) => {
          if (refused === null) account.done("sent", 1, null);
          else notice.set({ kind: "refused", problem: refused });
        },
        line,
        around,
      },
      windows,
    );
    this.held = new Held(account, this.desk);
    this.#elsewhere = new Elsewhere(windows, this.desk);
    const sent = () => {
      const found = account.mailboxes.withRole("sent");
      return found === undefined ? null : { id: found.id, total: found.totalEmails };
    };
    this.correspondents = new Correspondents(client, sent, () => account.cards);
  }

  /** What an earlier page left lies open again; what another device sent goes from the desk, which is told to who saw it there; what
   * waits for a connection goes, that of a window which was closed too. */
  async takeUp(which: "all" | "waiting"): Promise<void> {
    const taking = this.desk.takeUp(which);
    if (which === "all") this.takenUp = taking.catch(() => {});
    await taking;
    const gone = await this.desk.lookAfter();
    if (gone > 0 && which === "waiting") this.#account.done("sent", gone, null);
    await this.desk.sendWaiting();
  }

  /** Another window told something. */
  hear(message: unknown): void {
    this.desk.hear(message);
    this.#elsewhere.hear(message);
  }

  /** Saves all that is written in this browser, as far as the server takes it: also what an earlier page left and this one has not
   * looked at yet, what a window left that was closed, and what lies open in others. What was thrown away goes from the server, too.
   * Nothing of it keeps anybody from leaving: what it could not do, `unsaved` counts. */
  async save(): Promise<void> {
    await this.takenUp;
    await Promise.allSettled([this.#elsewhere.save(), this.#saveHere()]);
  }

  async #saveHere(): Promise<void> {
    await this.desk.takeUp("all");
    if (this.#hasIdentity) await this.desk.saveAll();
    await this.desk.sendWaiting();
  }

  /** How many messages are in this browser only, after that: also what was thrown away here and is on the server still. */
  async unsaved(): Promise<number> {
    const all = await this.#account.kept.all("compositions").catch(() => new Map<string, unknown>());
    // without an identity nobody knows which of them say anything: they all count
    const here = this.#hasIdentity ? this.desk.unsaved : this.desk.open.value;
    const left = this.#hasIdentity ? await this.desk.left() : [...all.keys()];
    const elsewhere = [...this.#elsewhere.unsaved].filter((key) => this.desk.of(key) === undefined);
    return new Set([
      ...here.map(({ composition }) => composition.key),
      ...elsewhere,
      ...left.filter((key) => !this.#elsewhere.saved.has(key)),
      ...[...all].filter(([, value]) => isDiscarded(value)).map(([key]) => key),
    ]).size;
  }

  /** Whether the account has anybody to write as; it may have lost them all since a message was written. */
  get #hasIdentity(): boolean {
    return this.#account.identities.value.length > 0;
  }
}
