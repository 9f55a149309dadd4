/** Whom one may mean: people of the address books, and those to whom one wrote lately. */
import { Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { absent, attempt, id, list, map, nullable, object, text } from "../jmap/decode";
import type { MailboxId } from "../jmap/ids";
import { type Address, addresses } from "../jmap/mail";
import { get, query, type RecordType } from "../jmap/methods";
import { problemOf } from "../jmap/problem";
import { CONTACTS, MAIL, offers } from "../jmap/session";
import { same } from "./addresses";
import type { KeptCards } from "./kept_cards";

/** How many are offered. */
const MOST_SUGGESTIONS = 8;
/** How many of the last messages are looked through for whom they went to. */
const LATELY = 250;

interface Sent {
  readonly to: readonly Address[] | null;
  readonly cc: readonly Address[] | null;
  readonly bcc: readonly Address[] | null;
}

const recipients = { id: id<"Email">(), to: addresses, cc: addresses, bcc: addresses };
const SENT: RecordType<"Email", Sent> = {
  name: "Email",
  using: MAIL,
  properties: Object.keys(recipients),
  decode: object(recipients),
};

const component = object({ value: text });
const card = object({
  name: absent(
    nullable(object({ full: absent(nullable(text), null), components: absent(nullable(list(component)), null) })),
    null,
  ),
  emails: absent(nullable(map(object({ address: text }))), null),
});

/** Name and addresses of a card (RFC 9553, 2.2.1 and 2.3.1). */
const CARD: RecordType<"ContactCard", readonly Address[]> = {
  name: "ContactCard",
  using: CONTACTS,
  properties: ["id", "name", "emails"],
  decode: (value, where) => {
    const { name, emails } = card(value, where);
    const parts = name?.components?.map((one) => one.value.trim()).filter((one) => one !== "") ?? [];
    const called = name?.full ?? (parts.length === 0 ? null : parts.join(" "));
    return [...(emails?.values() ?? [])].map(({ address }) => ({ name: called, email: address }));
  },
};

/** Without capitals and accents: who types "jose" finds José. */
export function plain(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Whether each word that was typed begins a word of the name or a part of the address. */
export function fits({ name, email }: Address, typed: string): boolean {
  const words = plain(`${name ?? ""} ${email} ${email.replace(/[.@_+-]/g, " ")}`).split(/\s+/);
  const wanted = plain(typed)
    .split(/\s+/)
    .filter((one) => one !== "");
  return wanted.length > 0 && wanted.every((one) => words.some((word) => word.startsWith(one)));
}

/** By address: the last name that was written, and how often and how lately one wrote. */
export function ranked(messages: readonly Sent[]): readonly Address[] {
  const known = new Map<string, { address: Address; weight: number }>();
  for (const [index, { to, cc, bcc }] of messages.entries()) {
    for (const address of [...(to ?? []), ...(cc ?? []), ...(bcc ?? [])]) {
      const key = address.email.toLowerCase();
      const before = known.get(key);
      const named = before === undefined || before.address.name === null ? address : before.address;
      known.set(key, { address: named, weight: (before?.weight ?? 0) + 1 / (1 + index / 20) });
    }
  }
  return [...known.values()].sort((a, b) => b.weight - a.weight).map(({ address }) => address);
}

export interface SentBox {
  readonly id: MailboxId;
  /** With each message that is sent it is another number. */
  readonly total: number;
}

export class Correspondents {
  readonly #client: Client;
  readonly #sent: () => SentBox | null;
  readonly #shelf: () => KeptCards | null;
  #history: { readonly total: number; readonly people: Promise<readonly Address[]> } | null = null;

  /** `shelf` has who is known without a network. */
  constructor(client: Client, sent: () => SentBox | null, shelf: () => KeptCards | null) {
    this.#client = client;
    this.#sent = sent;
    this.#shelf = shelf;
  }

  /** Those who fit what is typed, but those who are named already; people one wrote to first. */
  async suggest(typed: string, but: readonly string[]): Promise<readonly Address[]> {
    const [history, contacts] = await Promise.all([this.#lately(), this.#contacts(typed)]);
    const all = [...history.filter((one) => fits(one, typed)), ...contacts];
    const found: Address[] = [];
    for (const one of all) {
      const known = found.findIndex(({ email }) => same(email, one.email));
      const before = found[known];
      if (before !== undefined && before.name === null) found[known] = { ...before, name: one.name };
      if (before === undefined && !but.some((email) => same(email, one.email))) found.push(one);
    }
    return found.slice(0, MOST_SUGGESTIONS);
  }

  #lately(): Promise<readonly Address[]> {
    const sent = this.#sent();
    if (sent === null) return Promise.resolve([]);
    if (this.#history?.total !== sent.total) this.#history = { total: sent.total, people: this.#ask(sent.id) };
    return this.#history.people;
  }

  async #ask(inMailbox: MailboxId): Promise<readonly Address[]> {
    const { accountId, session } = this.#client;
    const batch = new Batch();
    const limit = Math.min(LATELY, session.limits.maxObjectsInGet);
    const sort = [{ property: "receivedAt", isAscending: false }];
    const found = batch.add(query(SENT, accountId, { filter: { inMailbox }, sort }, { position: 0, limit }));
    const got = batch.add(get(SENT, accountId, { from: resultOf(found, "/ids") }));
    try {
      const people = ranked((await this.#client.send(batch)).of(got).list);
      this.#shelf()?.keepLately(people);
      return people;
    } catch (thrown) {
      problemOf(thrown);
      // the next letter asks again
      this.#history = null;
      return (await this.#shelf()?.lately()) ?? [];
    }
  }

  async #kept(typed: string): Promise<readonly Address[]> {
    const cards = (await this.#shelf()?.cards()) ?? [];
    const people = cards.flatMap((one) => attempt(CARD.decode, one) ?? []);
    return people.filter((one) => fits(one, typed));
  }

  /** Without a connection those whom the browser keeps. */
  async #contacts(typed: string): Promise<readonly Address[]> {
    const { accountId, session } = this.#client;
    const words = typed.trim();
    if (words === "" || !offers(session, accountId, CONTACTS)) return [];
    const batch = new Batch();
    const window = { position: 0, limit: MOST_SUGGESTIONS };
    const found = batch.add(query(CARD, accountId, { filter: { text: words }, sort: [] }, window));
    const got = batch.add(get(CARD, accountId, { from: resultOf(found, "/ids") }));
    try {
      return (await this.#client.send(batch)).of(got).list.flat();
    } catch (thrown) {
      problemOf(thrown);
      return this.#kept(words);
    }
  }
}
