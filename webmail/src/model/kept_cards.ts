/** The address book as the browser keeps it, to be read without a network and to say who is meant: whole cards, kept up to date by what
 * the server says has changed; and to whom one wrote lately. */
import { Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { attempt, type Fields, fields, list, nullable, object, state, text } from "../jmap/decode";
import type { State } from "../jmap/ids";
import type { Address } from "../jmap/mail";
import { changes, get, query, type RecordType } from "../jmap/methods";
import { Failure } from "../jmap/problem";
import { CONTACTS } from "../jmap/session";
import type { Change, Database } from "./replica_database";

/** How many are kept, and how long one of them may be. */
export const MOST_CARDS = 2000;
export const LONGEST_CARD = 16 * 1024;
/** How many are asked for at a time. */
const PAGE = 200;
/** Of how many people it is kept that one wrote to them lately. */
const MOST_PEOPLE = 500;

/** Cards as they are sent, all of each. */
const CARD: RecordType<"ContactCard", Fields> = {
  name: "ContactCard",
  using: CONTACTS,
  properties: [],
  decode: fields,
};
const WHOLE = { properties: null };

/** Up to where the server's cards are here. */
const STATE = "cards";
const LATELY = "lately";
const people = list(object({ name: nullable(text), email: text }));

export class KeptCards {
  readonly #database: Database;
  #following: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  async cards(): Promise<readonly Fields[]> {
    const all = await this.#database.all("cards").catch(() => new Map<string, unknown>());
    return [...all.values()].map((value) => attempt(fields, value)).filter((card) => card !== null);
  }

  async lately(): Promise<readonly Address[]> {
    return attempt(people, await this.#database.get("state", LATELY).catch(() => null)) ?? [];
  }

  /** A browser that keeps nothing more keeps less. */
  keepLately(all: readonly Address[]): void {
    const value = all.slice(0, MOST_PEOPLE);
    this.#database.writeWhileIn([{ kind: "state", key: LATELY, value }]).catch(() => {});
  }

  /** Asks what has changed, or for all of it; what cannot be asked now is asked another time. Where nothing is kept any more, nothing is
   * asked. */
  follow(client: Client): Promise<void> {
    this.#following = this.#following.then(() => this.#follow(client)).catch(() => {});
    return this.#following;
  }

  async #follow(client: Client): Promise<void> {
    const since = attempt(state, await this.#database.get("state", STATE));
    if (since === null) return this.#anew(client);
    try {
      await this.#since(client, since);
    } catch (thrown) {
      const problem = thrown instanceof Failure ? thrown.problem : null;
      if (problem?.kind !== "refused-method" || problem.type !== "cannotCalculateChanges") throw thrown;
      await this.#anew(client);
    }
  }

  async #anew(client: Client): Promise<void> {
    const { accountId, session } = client;
    const limit = Math.min(PAGE, session.limits.maxObjectsInGet);
    const found: Fields[] = [];
    // of several answers the first one's: what changed behind it is told again
    let first: State | null = null;
    for (let position = 0; position < MOST_CARDS; position += limit) {
      const batch = new Batch();
      const asked = batch.add(query(CARD, accountId, { filter: null, sort: [] }, { position, limit }));
      const got = batch.add(get(CARD, accountId, { from: resultOf(asked, "/ids") }, WHOLE));
      const answers = await client.send(batch);
      first ??= answers.of(got).state;
      found.push(...answers.of(got).list);
      if (position + limit >= answers.of(asked).total) break;
    }
    await this.#write(first, [{ kind: "cards", under: "" }, ...found.map(change)]);
  }

  async #since(client: Client, from: State): Promise<void> {
    const { accountId, session } = client;
    const limit = Math.min(PAGE, session.limits.maxObjectsInGet);
    for (let since = from, more = true; more; ) {
      const batch = new Batch();
      const asked = batch.add(changes(CARD, accountId, since, limit));
      const created = batch.add(get(CARD, accountId, { from: resultOf(asked, "/created") }, WHOLE));
      const updated = batch.add(get(CARD, accountId, { from: resultOf(asked, "/updated") }, WHOLE));
      const answers = await client.send(batch);
      const told = answers.of(asked);
      if (told.newState === since) return;
      const known = await this.#database.all("cards");
      const room = Math.max(0, MOST_CARDS - known.size + told.destroyed.filter((id) => known.has(id)).length);
      await this.#write(told.newState, [
        ...told.destroyed.map((key): Change => ({ kind: "cards", key, value: undefined })),
        ...answers.of(updated).list.flatMap((card) => (known.has(idOf(card)) ? change(card) : [])),
        ...answers.of(created).list.slice(0, room).map(change),
      ]);
      [since, more] = [told.newState, told.hasMoreChanges];
    }
  }

  #write(now: State | null, cards: readonly Change[]): Promise<void> {
    return this.#database.writeWhileIn([...cards, { kind: "state", key: STATE, value: now }], "in pieces");
  }
}

/** What is too long goes, or does not come. */
function change(card: Fields): Change {
  const isLong = JSON.stringify(card).length > LONGEST_CARD;
  return { kind: "cards", key: idOf(card), value: isLong ? undefined : card };
}

function idOf(card: Fields): string {
  return text(card.id, "ContactCard/id");
}
