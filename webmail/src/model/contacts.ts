/** The address book: found by what is typed, shown page by page; cards are read, written and taken away, which can be undone. Where the
 * server cannot be asked, what the browser keeps of it is read. */
import { Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { CARD, type Card, type CardId, WHOLE } from "../jmap/contacts";
import { attempt, type Fields } from "../jmap/decode";
import { createdIn, get, query, refusedIn, set } from "../jmap/methods";
import { Failure, type Problem, passes, problemOf } from "../jmap/problem";
import { same } from "./addresses";
import { BLANK, called, type Draft, draft, mailAddresses, word } from "./card";
import { created, groupCreated, groupPatched, patched } from "./card_patch";
import { plain } from "./correspondents";
import { Value } from "./observable";

/** How many rows are asked for at a time. */
export const PAGE = 100;
/** Of how many members of a group the cards are shown. */
const MOST_MEMBERS = 200;

export interface Found {
  readonly rows: readonly Card[];
  readonly total: number;
  /** The server was not asked. */
  readonly isKept: boolean;
}

/** Where cards are kept, as they were sent, for when the server cannot be asked. */
export interface CardShelf {
  cards(): Promise<readonly Fields[]>;
}

export type Finding =
  | { readonly kind: "loading" }
  | { readonly kind: "ready"; readonly found: Found }
  | { readonly kind: "failed"; readonly cause: Problem };

const BY_NAME = [
  { property: "name/given", isAscending: true },
  { property: "name/surname", isAscending: true },
] as const;

export class Contacts {
  readonly finding = new Value<Finding>({ kind: "loading" });
  readonly #client: Client;
  readonly #shelf: () => CardShelf | null;
  #typed = "";
  /** Of several questions on their way the last one counts. */
  #asked = 0;

  constructor(client: Client, shelf: () => CardShelf | null) {
    this.#client = client;
    this.#shelf = shelf;
  }

  /** Looks for what was typed; what was found before stands until there is an answer. */
  async search(typed: string): Promise<void> {
    this.#typed = typed.trim();
    await this.#find(0, PAGE);
  }

  /** The next page. */
  async more(): Promise<void> {
    const { value } = this.finding;
    if (value.kind === "ready") await this.#find(value.found.rows.length, PAGE);
  }

  /** The same anew: somebody changed something. */
  async refresh(): Promise<void> {
    const { value } = this.finding;
    const shown = value.kind === "ready" ? value.found.rows.length : 0;
    await this.#find(0, Math.min(Math.max(PAGE, shown), this.#client.session.limits.maxObjectsInGet));
  }

  /** There is a connection again. */
  async again(): Promise<void> {
    const { value } = this.finding;
    if (value.kind === "failed" || (value.kind === "ready" && value.found.isKept)) await this.refresh();
  }

  /** The whole card. */
  async card(id: CardId): Promise<Card> {
    const asked = () => this.#client.call(get(CARD, this.#client.accountId, [id], WHOLE));
    const [card] = await this.#orKept(
      async () => (await asked()).list,
      (one) => one.id === id,
    );
    if (card === undefined) throw new Failure({ kind: "refused-record", type: "notFound", detail: "", properties: [] });
    return card;
  }

  /** The first card that has this address. */
  async withAddress(address: string): Promise<Card | null> {
    const has = (card: Card) => mailAddresses(card).some((one) => same(one, address));
    const rows = await this.#orKept(async () => (await this.#ask({ email: address }, 0, 20)).rows, has);
    return rows.find(has) ?? null;
  }

  /** The cards of those who belong to a group. */
  async of(uids: readonly string[]): Promise<readonly Card[]> {
    if (uids.length === 0) return [];
    const conditions = uids.slice(0, MOST_MEMBERS).map((uid) => ({ uid }));
    return this.#orKept(
      async () => (await this.#ask({ operator: "OR", conditions }, 0, MOST_MEMBERS)).rows,
      ({ fields }) => uids.includes(word(fields, "uid")),
    );
  }

  /** Writes a card by its form; gives its id. */
  async save(card: Card | null, draft: Draft): Promise<CardId> {
    if (card === null) return this.#create(created(draft, BLANK));
    const patch = patched(card, draft);
    if (Object.keys(patch).length > 0) await this.#update(card.id, patch);
    return card.id;
  }

  /** A group of the cards with these `uid`s. */
  async saveGroup(card: Card | null, name: string, uids: readonly string[]): Promise<CardId> {
    if (card === null) return this.#create(groupCreated(name, uids));
    const patch = groupPatched(card, name, uids);
    if (Object.keys(patch).length > 0) await this.#update(card.id, patch);
    return card.id;
  }

  /** Takes a card away; what it gives brings the card back. */
  async remove(id: CardId): Promise<() => Promise<CardId>> {
    const { fields } = await this.card(id);
    refusedIn(await this.#client.call(set(CARD, this.#client.accountId, { destroy: [id] })), id);
    await this.refresh();
    const { id: _, ...again } = fields;
    return () => this.#create(again);
  }

  async #create(card: Fields): Promise<CardId> {
    const done = await this.#client.call(set(CARD, this.#client.accountId, { create: { card } }));
    const made = createdIn(done, "card");
    await this.refresh();
    return made;
  }

  async #update(id: CardId, patch: Fields): Promise<void> {
    refusedIn(await this.#client.call(set(CARD, this.#client.accountId, { update: { [id]: patch } })), id);
    await this.refresh();
  }

  async #find(position: number, limit: number): Promise<void> {
    this.#asked += 1;
    const mine = this.#asked;
    try {
      const next = await this.#ask(this.#typed === "" ? null : { text: this.#typed }, position, limit);
      if (mine !== this.#asked) return;
      const { value } = this.finding;
      const before = position > 0 && value.kind === "ready" ? value.found.rows.slice(0, position) : [];
      const ids = new Set(before.map(({ id }) => id));
      const rows = [...before, ...next.rows.filter(({ id }) => !ids.has(id))];
      this.finding.set({ kind: "ready", found: { rows, total: next.total, isKept: false } });
    } catch (thrown) {
      const cause = problemOf(thrown);
      const kept = await this.#kept(cause);
      if (mine !== this.#asked) return;
      const all = kept.filter((card) => means(card, this.#typed));
      const found = { rows: all.slice(0, position + limit), total: all.length, isKept: true };
      this.finding.set(kept.length === 0 ? { kind: "failed", cause } : { kind: "ready", found });
    }
  }

  /** What the server says; where it cannot be asked, those of the cards that are kept. */
  async #orKept(ask: () => Promise<readonly Card[]>, which: (card: Card) => boolean): Promise<readonly Card[]> {
    try {
      return await ask();
    } catch (thrown) {
      const kept = (await this.#kept(problemOf(thrown))).filter(which);
      if (kept.length === 0) throw thrown;
      return kept;
    }
  }

  /** By name; none where it is not the connection that is missing. */
  async #kept(problem: Problem): Promise<readonly Card[]> {
    const kept = (passes(problem) && (await this.#shelf()?.cards())) || [];
    const cards = kept.flatMap((one) => attempt(CARD.decode, one) ?? []);
    return cards.sort((a, b) => called(a).localeCompare(called(b)));
  }

  async #ask(filter: unknown, position: number, limit: number): Promise<Found> {
    const { accountId } = this.#client;
    const batch = new Batch();
    const asked = batch.add(query(CARD, accountId, { filter, sort: BY_NAME }, { position, limit }));
    const cards = batch.add(get(CARD, accountId, { from: resultOf(asked, "/ids") }));
    const answers = await this.#client.send(batch);
    const { ids, total } = answers.of(asked);
    const known = new Map(answers.of(cards).list.map((card) => [card.id, card]));
    return { rows: ids.flatMap((id) => known.get(id) ?? []), total, isKept: false };
  }
}

/** Whether each word that was typed stands somewhere in the card. */
function means(card: Card, typed: string): boolean {
  const { emails, phones, addresses, ...others } = draft(card);
  const lines = [...emails, ...phones].map(({ text }) => text);
  const places = addresses.flatMap(({ street, postcode, locality, country }) => [street, postcode, locality, country]);
  const text = plain([called(card), ...Object.values(others), ...lines, ...places].join("\n"));
  return plain(typed)
    .split(/\s+/)
    .every((one) => text.includes(one));
}
