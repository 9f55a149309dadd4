/** Follows the server: what changed since is asked for when push says so, in one request for all types. */
import { type Answers, type Asked, Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import type { Id, State } from "../jmap/ids";
import { EMAIL, MAILBOX, type Mailbox, THREAD } from "../jmap/mail";
import { changes, type Got, get, type RecordType } from "../jmap/methods";
import { type Problem, problemOf } from "../jmap/problem";
import type { Emails } from "./emails";
import type { Mailboxes } from "./mailboxes";

const MOST_CHANGES = 250;
/** More rounds than these, and it is cheaper to begin anew. */
const MOST_ROUNDS = 8;

export type Followed =
  | { readonly kind: "followed"; readonly changed: boolean }
  | { readonly kind: "stopped"; readonly problem: Problem };

export class Sync {
  readonly #client: Client;
  readonly #mailboxes: Mailboxes;
  readonly #emails: Emails;
  #running: Promise<Followed> | null = null;
  #again = false;
  #changed = false;

  constructor(client: Client, mailboxes: Mailboxes, emails: Emails) {
    this.#client = client;
    this.#mailboxes = mailboxes;
    this.#emails = emails;
  }

  /** Asks for all mailboxes, as at the beginning. */
  ask(batch: Batch): Asked<Got<"Mailbox", Mailbox>> {
    return batch.add(get(MAILBOX, this.#client.accountId, null));
  }

  take(answers: Answers, asked: Asked<Got<"Mailbox", Mailbox>>): void {
    const got = answers.of(asked);
    this.#mailboxes.replace(got.list);
    this.#mailboxes.state = got.state;
  }

  /** Brings everything up to date; says whether anything changed, or what stood in the way. Asked for while it runs, it runs
   * once more. */
  follow(): Promise<Followed> {
    if (this.#running !== null) {
      this.#again = true;
      return this.#running;
    }
    this.#running = this.#rounds().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #rounds(): Promise<Followed> {
    this.#changed = false;
    try {
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        this.#again = false;
        const more = await this.#round();
        if (!more && !this.#again) return { kind: "followed", changed: this.#changed };
      }
      return await this.#anew();
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.kind !== "refused-method" || problem.type !== "cannotCalculateChanges")
        return { kind: "stopped", problem };
    }
    return this.#anew().catch((thrown: unknown) => ({ kind: "stopped", problem: problemOf(thrown) }));
  }

  async #anew(): Promise<Followed> {
    this.#emails.reset();
    const batch = new Batch();
    const asked = this.ask(batch);
    this.take(await this.#client.send(batch), asked);
    return { kind: "followed", changed: true };
  }

  async #round(): Promise<boolean> {
    const batch = new Batch();
    const mailboxes = this.#since(batch, MAILBOX, this.#mailboxes.state);
    const emails = this.#since(batch, EMAIL, this.#emails.emailState);
    const threads = this.#since(batch, THREAD, this.#emails.threadState);
    if (batch.size === 0) return false;
    const answers = await this.#client.send(batch);
    let more = false;
    if (mailboxes !== null) {
      const told = answers.of(mailboxes.changes);
      this.#mailboxes.take(
        [...answers.of(mailboxes.created).list, ...answers.of(mailboxes.updated).list],
        told.destroyed,
      );
      this.#note(this.#mailboxes.state, told.newState);
      this.#mailboxes.state = told.newState;
      more ||= told.hasMoreChanges;
    }
    if (emails !== null) {
      const told = answers.of(emails.changes);
      const updated = answers.of(emails.updated).list;
      this.#emails.forget(told.destroyed);
      this.#emails.take(
        updated.filter(({ id }) => this.#emails.knows(id)),
        null,
      );
      this.#note(this.#emails.emailState, told.newState);
      this.#emails.emailState = told.newState;
      more ||= told.hasMoreChanges;
    }
    if (threads !== null) {
      const told = answers.of(threads.changes);
      const updated = answers.of(threads.updated).list.filter(({ id }) => this.#emails.knowsThread(id));
      this.#emails.forgetThreads(told.destroyed);
      this.#emails.takeThreads(updated, null);
      this.#emails.threadState = told.newState;
      // who shows a conversation shows its new messages
      await this.#emails.need(updated.flatMap(({ emailIds }) => emailIds));
      more ||= told.hasMoreChanges;
    }
    return more;
  }

  #note(before: State | null, now: State): void {
    if (before !== now) this.#changed = true;
  }

  #since<Of extends string, T>(batch: Batch, type: RecordType<Of, T>, since: State | null) {
    if (since === null) return null;
    const { accountId } = this.#client;
    const asked = batch.add(changes(type, accountId, since, MOST_CHANGES));
    const created = batch.add(
      get<Of, T>(type, accountId, type.name === "Mailbox" ? { from: resultOf(asked, "/created") } : none<Of>()),
    );
    const updated = batch.add(get<Of, T>(type, accountId, { from: resultOf(asked, "/updated") }));
    return { changes: asked, created, updated };
  }
}

function none<Of extends string>(): readonly Id<Of>[] {
  return [];
}
