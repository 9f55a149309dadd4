/** A list of messages as a window of a query that may find 100,000: rows are asked for when they come into sight. */
import { type Asked, Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import type { EmailId, State } from "../jmap/ids";
import { EMAIL, MEMBER, THREAD } from "../jmap/mail";
import { type Found, get, type Question, query, queryChanges } from "../jmap/methods";
import { Failure, type Problem, problemOf } from "../jmap/problem";
import type { Emails } from "./emails";
import { Signal, Value } from "./observable";
import { Positions } from "./positions";
import type { KeptList } from "./replica";
import { Snippets } from "./snippets";

/** How many rows are asked for at once. */
const WINDOW = 25;
/** More changes than these, and the list begins anew. */
const MOST_CHANGES = 500;
/** How often a window is asked for that changes while it is fetched. */
const TRIES = 3;

/** How many rows of a list are kept for a later page. */
const MOST_ROWS = 500;

/** Newest first, as every list here is sorted. */
export const NEWEST_FIRST = [{ property: "receivedAt", isAscending: false }] as const;

export type ListState =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly total: number }
  | { readonly kind: "failed"; readonly cause: Problem };

export class MessageList {
  readonly question: Question;
  readonly state = new Value<ListState>({ kind: "loading" });
  /** Rows came, went or moved. */
  readonly changed = new Signal();
  /** Where the words of a search stand. */
  readonly snippets: Snippets | null;
  readonly #client: Client;
  readonly #emails: Emails;
  /** As the server has them. */
  readonly #rows = new Positions<EmailId>();
  /** Says of a row that acts have taken it away which the server's answers do not know yet. */
  readonly #leaves: (id: EmailId) => boolean;
  readonly #hidden = new Set<EmailId>();
  /** The positions of hidden rows, from the top. */
  #gaps: readonly number[] = [];
  /** Rows that the server had no more when it was asked last, and that acts which wait bring back. */
  #returning: readonly EmailId[] = [];
  #queryState: State | null = null;
  #calculable = false;
  readonly #asking = new Map<number, Promise<void>>();
  /** Answers to questions of an earlier generation are of a list that is no more. */
  #generation = 0;
  #refreshing: Promise<void> | null = null;
  #asked = false;
  /** The rows are those of an earlier page, and may have changed since. */
  #stale = false;

  constructor(client: Client, emails: Emails, question: Question, leaves: (id: EmailId) => boolean = () => false) {
    this.#client = client;
    this.#emails = emails;
    this.#leaves = leaves;
    this.question = question;
    this.snippets = Snippets.of(client, question.filter);
  }

  get isStale(): boolean {
    return this.#stale;
  }

  /** Begins with what an earlier page knew, as far as its rows can be shown. */
  recall(kept: KeptList): void {
    const unknown = kept.ids.findIndex((id) => !this.#emails.knows(id));
    this.#rows.put(0, unknown < 0 ? kept.ids : kept.ids.slice(0, unknown));
    this.#queryState = kept.queryState;
    this.#calculable = kept.calculable;
    this.#stale = true;
    this.settle(kept.ids);
    this.state.set({ kind: "ready", total: kept.total });
  }

  /** What a later page may begin with; `null` while nothing is known. */
  kept(seen: number): KeptList | null {
    const { value } = this.state;
    if (value.kind !== "ready") return null;
    const ids: EmailId[] = [];
    for (let at = 0, id = this.#rows.at(0); id !== undefined && at < MOST_ROWS; at += 1, id = this.#rows.at(at))
      ids.push(id);
    return { ids, total: value.total, queryState: this.#queryState, calculable: this.#calculable, seen };
  }

  /** How many rows are seen. */
  get total(): number {
    return this.state.value.kind === "ready" ? this.state.value.total - this.#gaps.length : 0;
  }

  at(index: number): EmailId | undefined {
    return this.#rows.at(this.#position(index));
  }

  indexOf(id: EmailId): number {
    const position = this.#hidden.has(id) ? -1 : this.#rows.indexOf(id);
    return position < 0 ? -1 : position - this.#gaps.filter((gap) => gap < position).length;
  }

  /** Ids of the rows from `from` up to `to`, that one not; only those that are known. */
  range(from: number, to: number): readonly EmailId[] {
    const ids: EmailId[] = [];
    for (let index = Math.max(0, from); index < Math.min(to, this.total); index += 1) {
      const id = this.at(index);
      if (id !== undefined) ids.push(id);
    }
    return ids;
  }

  /** Asks for the ids of all rows from `from` up to `to`, that one not. What they show is asked for when they come into sight. Fails where
   * they cannot be had. */
  async reach(from: number, to: number): Promise<void> {
    for (let tries = 1; tries <= TRIES; ) {
      const generation = this.#generation;
      const end = this.#position(Math.min(to, this.total) - 1) + 1;
      let position = this.#position(Math.max(0, from));
      while (position < end && this.#rows.at(position) !== undefined) position += 1;
      if (position >= end) return;
      const window = { position, limit: end - position };
      const found = await this.#client.call(query(EMAIL, this.#client.accountId, this.question, window));
      const isOfThese = generation === this.#generation && found.position === position && found.ids.length > 0;
      if (isOfThese && this.#take(found, tries === TRIES)) continue;
      tries += 1;
      // positions of two states do not fit together (RFC 8620, 5.5)
      await this.refresh();
    }
    throw new Failure({ kind: "server", status: 0 });
  }

  /** Rows come into sight: asks for what is not known of them. Resolves when it is there, or cannot be had. */
  async need(from: number, to: number): Promise<void> {
    if (this.state.value.kind !== "ready") await (this.#asking.get(0) ?? this.#ask(0));
    const first = Math.floor(this.#position(Math.max(0, from)) / WINDOW);
    const last = Math.max(first, Math.floor(this.#position(to - 1) / WINDOW));
    const windows: Promise<void>[] = [];
    for (let window = first; window <= last; window += 1) {
      if (this.#lacks(window)) windows.push(this.#asking.get(window) ?? this.#ask(window));
    }
    await Promise.all(windows);
  }

  /** Acts came, or were taken back: rows that leave are hidden at once, and seen again where they do not leave after all. */
  settle(touched: Iterable<EmailId> = []): void {
    for (const id of touched) if (this.#leaves(id)) this.#hidden.add(id);
    const before = this.#gaps;
    const gaps: number[] = [];
    for (const id of this.#hidden) {
      const position = this.#rows.indexOf(id);
      if (position >= 0 && this.#leaves(id)) gaps.push(position);
      else this.#hidden.delete(id);
    }
    this.#gaps = gaps.sort((a, b) => a - b);
    if (before.length !== gaps.length || gaps.some((gap, index) => gap !== before[index])) this.changed.fire();
    if (this.#returning.length === 0 || this.#returning.some((id) => this.#returns(id))) return;
    this.#returning = [];
    void this.refresh();
  }

  /** Whether an act that the server has not confirmed leaves a row where it is seen. */
  #returns(id: EmailId): boolean {
    return this.#emails.isWaiting(id) && !this.#leaves(id);
  }

  /** Where the server has the row that is seen at `index`. */
  #position(index: number): number {
    let position = index;
    for (const gap of this.#gaps) if (gap <= position) position += 1;
    return position;
  }

  /** Asks what changed since; where the server cannot say, begins anew. Asked for while it asks, it asks once more: the answer that is
   * on its way may be older. */
  refresh(): Promise<void> {
    this.#asked = true;
    this.#refreshing ??= this.#refreshAll().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refreshAll(): Promise<void> {
    while (this.#asked) {
      this.#asked = false;
      await this.#refresh();
    }
  }

  /** Begins anew. The rows stay in sight until the first ones have come. */
  async restart(): Promise<void> {
    this.#generation += 1;
    this.#asking.clear();
    this.#queryState = null;
    await this.#ask(0);
  }

  #lacks(window: number): boolean {
    const state = this.state.value;
    if (state.kind !== "ready") return false;
    const end = Math.min((window + 1) * WINDOW, state.total);
    for (let index = window * WINDOW; index < end; index += 1) {
      const id = this.#rows.at(index);
      if (id === undefined || !this.#emails.knows(id)) return true;
    }
    return false;
  }

  #ask(window: number): Promise<void> {
    const generation = this.#generation;
    const asking = this.#askNow(window, generation).finally(() => {
      if (generation === this.#generation) this.#asking.delete(window);
    });
    this.#asking.set(window, asking);
    return asking;
  }

  async #askNow(window: number, generation: number): Promise<void> {
    try {
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const found = await this.#fetch(window * WINDOW);
        if (generation !== this.#generation) return;
        if (this.#take(found, tries === TRIES)) return this.#mark(found.ids);
        // positions of two states do not fit together (RFC 8620, 5.5): what is here follows first, by itself, as what follows
        // already may wait for these rows
        await this.#refresh();
      }
    } catch (thrown) {
      const cause = problemOf(thrown);
      // what is shown stays: a list that cannot be completed now is better than none
      if (generation === this.#generation && this.state.value.kind !== "ready") {
        this.state.set({ kind: "failed", cause });
      }
    }
  }

  /** Rows are there before the words in them are marked. */
  #mark(ids: readonly EmailId[]): void {
    void this.snippets?.need(ids).then((told) => told && this.changed.fire());
  }

  #fetch(position: number): Promise<Found<"Email">> {
    const batch = new Batch();
    const window = query(EMAIL, this.#client.accountId, this.question, { position, limit: WINDOW });
    const found = batch.add(window);
    return this.question.collapseThreads === true ? this.#conversations(batch, found) : this.#messages(batch, found);
  }

  async #messages(batch: Batch, found: Asked<Found<"Email">>): Promise<Found<"Email">> {
    const rows = batch.add(get(EMAIL, this.#client.accountId, { from: resultOf(found, "/ids") }));
    const answers = await this.#client.send(batch);
    const { list, state } = answers.of(rows);
    this.#emails.take(list, state);
    return answers.of(found);
  }

  /** The rows with all messages of their conversations, in one request (as RFC 8621, 4.10 does). */
  async #conversations(batch: Batch, found: Asked<Found<"Email">>): Promise<Found<"Email">> {
    const { accountId } = this.#client;
    const members = batch.add(get(MEMBER, accountId, { from: resultOf(found, "/ids") }));
    const threads = batch.add(get(THREAD, accountId, { from: resultOf(members, "/list/*/threadId") }));
    const emails = batch.add(get(EMAIL, accountId, { from: resultOf(threads, "/list/*/emailIds") }));
    const answers = await this.#client.send(batch);
    const conversations = answers.of(threads);
    this.#emails.takeThreads(conversations.list, conversations.state);
    try {
      const { list, state } = answers.of(emails);
      this.#emails.take(list, state);
    } catch (thrown) {
      if (problemOf(thrown).kind !== "refused-method") throw thrown;
      // more than the server gives at once: in parts
      await this.#emails.need(conversations.list.flatMap(({ emailIds }) => emailIds));
    }
    return answers.of(found);
  }

  /** Puts a window in its place, or gives false where it is of another state than the rows here. */
  #take(found: Found<"Email">, anyway: boolean): boolean {
    if (found.queryState !== this.#queryState) {
      if (this.#queryState !== null && !anyway) return false;
      this.#rows.clear();
      this.#queryState = found.queryState;
      this.#calculable = found.canCalculateChanges;
    }
    this.#rows.put(found.position, found.ids);
    this.#stale = false;
    this.settle(found.ids);
    this.state.set({ kind: "ready", total: found.total });
    this.changed.fire();
    return true;
  }

  async #refresh(): Promise<void> {
    const since = this.#queryState;
    if (since === null) {
      // what is on its way may be older than what the asker knows of
      await (this.#asking.get(0) ?? this.restart());
      return this.#queryState === null ? undefined : this.#refresh();
    }
    if (!this.#calculable) return this.restart();
    const generation = this.#generation;
    const upToId = this.#rows.hasHoles ? null : this.#rows.lastWhole;
    const window = { sinceQueryState: since, upToId, maxChanges: MOST_CHANGES };
    try {
      const told = await this.#client.call(queryChanges(EMAIL, this.#client.accountId, this.question, window));
      await this.#meet(told.added.map(({ id }) => id));
      this.#mark(told.added.map(({ id }) => id));
      if (generation !== this.#generation || this.#queryState !== since) return;
      const back = new Set(told.added.map(({ id }) => id));
      this.#returning = told.removed.filter((id) => !back.has(id) && this.#returns(id));
      // what is taken back is not seen to go and to come again: the rest is asked for anew when the server has it
      if (this.#returning.length > 0) return;
      this.#rows.change(told.removed, told.added, told.total);
      this.#queryState = told.newQueryState;
      this.#stale = false;
      this.settle(told.added.map(({ id }) => id));
      this.state.set({ kind: "ready", total: told.total });
      this.changed.fire();
    } catch (thrown) {
      const problem = problemOf(thrown);
      // "cannotCalculateChanges", "tooManyChanges" (RFC 8620, 5.6)
      if (problem.kind === "refused-method") await this.restart();
    }
  }

  /** Fetches what rows that came show. */
  async #meet(ids: readonly EmailId[]): Promise<void> {
    await this.#emails.need(ids);
    if (this.question.collapseThreads !== true) return;
    const threads = ids.flatMap((id) => this.#emails.shown(id)?.threadId ?? []);
    await this.#emails.needThreads([...new Set(threads)]);
  }
}
