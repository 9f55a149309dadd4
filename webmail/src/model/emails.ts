/** What is known of messages: rows' summaries by id, with the acts laid over them that the server has not confirmed yet. */
import { Batch } from "../jmap/batch";
import type { Client } from "../jmap/client";
import type { EmailId, State, ThreadId } from "../jmap/ids";
import { EMAIL, type Email, THREAD, type Thread } from "../jmap/mail";
import { get } from "../jmap/methods";
import { Signal } from "./observable";
import { applied, type Patches } from "./patch";

/** How many summaries are kept; the longest unused go first. */
export const MOST_EMAILS = 4000;

export class Emails {
  readonly changed = new Signal();
  /** Where our records of Email and Thread stand; `null` before the first answer. */
  emailState: State | null = null;
  threadState: State | null = null;
  /** Called for messages that are no more; for all of them where nobody can say which. */
  gone: (ids: readonly EmailId[] | "all") => void = () => {};
  readonly #client: Client;
  readonly #base = new Map<EmailId, Email>();
  readonly #threads = new Map<ThreadId, Thread>();
  #pending: readonly Patches[] = [];

  constructor(client: Client) {
    this.#client = client;
  }

  /** The message as a person sees it now; using it keeps it. */
  shown(id: EmailId): Email | undefined {
    const base = this.#base.get(id);
    if (base === undefined) return undefined;
    this.#base.delete(id);
    this.#base.set(id, base);
    return this.#pending.reduce((email, patches) => {
      const patch = patches.get(id);
      return patch === undefined ? email : applied(email, patch);
    }, base);
  }

  /** The messages of a conversation, oldest first; only those that are known. */
  conversation(id: ThreadId): readonly Email[] {
    const ids = this.#threads.get(id)?.emailIds ?? [];
    return ids.flatMap((one) => this.shown(one) ?? []);
  }

  knows(id: EmailId): boolean {
    return this.#base.has(id);
  }

  /** Whether an act on it is not confirmed. */
  isWaiting(id: EmailId): boolean {
    return this.#pending.some((patches) => patches.has(id));
  }

  knowsThread(id: ThreadId): boolean {
    return this.#threads.has(id);
  }

  get ids(): readonly EmailId[] {
    return [...this.#base.keys()];
  }

  get threadIds(): readonly ThreadId[] {
    return [...this.#threads.keys()];
  }

  /** As the server has them, as far as it has told. */
  get confirmed(): ReadonlyMap<EmailId, Email> {
    return this.#base;
  }

  get threads(): ReadonlyMap<ThreadId, Thread> {
    return this.#threads;
  }

  /** Acts that the server has not confirmed, in order. */
  overlay(pending: readonly Patches[]): void {
    this.#pending = pending;
    this.changed.fire();
  }

  /** The server confirmed an act. */
  confirm(patches: Patches): void {
    for (const [id, patch] of patches) {
      const base = this.#base.get(id);
      if (base !== undefined) this.#base.set(id, applied(base, patch));
    }
  }

  take(emails: readonly Email[], state: State | null): void {
    for (const email of emails) {
      this.#base.delete(email.id);
      this.#base.set(email.id, email);
    }
    this.emailState ??= state;
    for (const id of this.#base.keys()) {
      if (this.#base.size <= MOST_EMAILS) break;
      this.#base.delete(id);
    }
    this.changed.fire();
  }

  takeThreads(threads: readonly Thread[], state: State | null): void {
    for (const thread of threads) {
      this.#threads.delete(thread.id);
      this.#threads.set(thread.id, thread);
    }
    this.threadState ??= state;
    for (const id of this.#threads.keys()) {
      if (this.#threads.size <= MOST_EMAILS) break;
      this.#threads.delete(id);
    }
    this.changed.fire();
  }

  forget(ids: readonly EmailId[]): void {
    for (const id of ids) this.#base.delete(id);
    this.gone(ids);
    this.changed.fire();
  }

  forgetThreads(ids: readonly ThreadId[]): void {
    for (const id of ids) this.#threads.delete(id);
  }

  /** Forgets all: the server cannot say what changed. */
  reset(): void {
    this.#base.clear();
    this.#threads.clear();
    this.emailState = null;
    this.threadState = null;
    this.gone("all");
  }

  /** Fetches those that are not known, as many at once as the server gives. */
  async need(ids: readonly EmailId[]): Promise<void> {
    const missing = ids.filter((id) => !this.#base.has(id));
    const most = this.#client.session.limits.maxObjectsInGet;
    for (let from = 0; from < missing.length; from += most) {
      const part = missing.slice(from, from + most);
      const got = await this.#client.call(get(EMAIL, this.#client.accountId, part));
      this.take(got.list, got.state);
    }
  }

  /** Fetches a conversation and its messages. */
  async needThreads(ids: readonly ThreadId[]): Promise<void> {
    const missing = ids.filter((id) => !this.#threads.has(id));
    const most = this.#client.session.limits.maxObjectsInGet;
    for (let from = 0; from < missing.length; from += most) {
      const batch = new Batch();
      const asked = batch.add(get(THREAD, this.#client.accountId, missing.slice(from, from + most)));
      const { list, state } = (await this.#client.send(batch)).of(asked);
      this.takeThreads(list, state);
    }
    await this.need(ids.flatMap((id) => this.#threads.get(id)?.emailIds ?? []));
  }
}
