import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Bench, bench, mailboxId, settled } from "../../test/bench";
import type { Fields } from "../../test/server/records";
import { Server } from "../../test/server/server";
import { CARD } from "../jmap/contacts";
import { CONTACTS } from "../jmap/session";
import { called, members } from "./card";
import { Contacts } from "./contacts";
import { CARDS_AFTER, KEEP_AFTER, keep } from "./keeping";
import { LONGEST_CARD, MOST_CARDS } from "./kept_cards";
import { Replica } from "./replica";
import { database } from "./replica_database";

describe("the address book in the browser", () => {
  let databases: IDBFactory;
  let server: Server;
  const replica = async () => new Replica(await database("a1", databases));
  const kept = async () => (await (await replica()).cards.cards()).map((one) => called(CARD.decode(one, ""))).sort();

  function person(given: string, more: Fields = {}): string {
    const id = `c-${given}`;
    const what = server.records.cards.has(id) ? "updated" : "created";
    const name = { components: [{ kind: "given", value: given }] };
    server.records.cards.set(id, {
      id,
      uid: `urn:${given}`,
      name,
      emails: { e: { address: `${given}@there.example` } },
      ...more,
    });
    server.records.note("ContactCard", id, what);
    return id;
  }

  beforeEach(() => {
    databases = new IDBFactory();
    server = new Server();
    server.offers = { [CONTACTS]: {} };
    for (const given of ["Zoë", "Bram"]) person(given, { notes: { n: { note: `Van ${given}` } } });
  });

  /** A page that has kept the address book. */
  async function page(): Promise<Bench> {
    const there = await bench(() => {}, { server });
    await there.account.look({ kind: "mailbox", id: mailboxId("inbox"), only: [] }).need(0, 1);
    keep(there.account, await replica());
    there.scene.pass(KEEP_AFTER);
    await vi.waitFor(async () => expect(await (await replica()).recalled()).not.toBeNull());
    there.scene.pass(CARDS_AFTER);
    await vi.waitFor(async () => expect((await kept()).length).toBeGreaterThan(0));
    return there;
  }

  const book = ({ account }: Bench) => new Contacts(account.client, () => account.cards);
  const news = ({ scene }: Bench) =>
    scene.push("state", '{"@type":"StateChange","changed":{"a1":{"ContactCard":"?"}}}');

  it("is read without a network: all of it, by what is typed, a whole card, and who belongs to a group", async () => {
    const belonging = { "urn:Bram": true };
    person("Vereniging", { kind: "group", name: { full: "Vereniging" }, members: belonging, emails: null });
    const there = await page();
    server.fault = { kind: "offline" };
    const contacts = book(there);
    const found = () => {
      const { value } = contacts.finding;
      return value.kind === "ready" ? [value.found.isKept, ...value.found.rows.map(called)] : value.kind;
    };
    await contacts.search("");
    expect(found()).toEqual([true, "Bram", "Vereniging", "Zoë"]);
    await contacts.search("zoe there");
    expect(found()).toEqual([true, "Zoë"]);
    await contacts.search("van br");
    expect(found()).toEqual([true, "Bram"]);
    await contacts.search("niemand");
    expect(found()).toEqual([true]);
    const [zoe] = [...server.records.cards.keys()];
    expect((await contacts.card(zoe as never)).fields.notes).toEqual({ n: { note: "Van Zoë" } });
    expect((await contacts.withAddress("BRAM@there.example"))?.id).toBe("c-Bram");
    const group = await contacts.card("c-Vereniging" as never);
    expect((await contacts.of(members(group))).map(called)).toEqual(["Bram"]);
    server.fault = null;
    await contacts.search("bram");
    expect(found()).toEqual([false, "Vereniging", "Bram"]);
    server.fault = { kind: "offline" };
    await contacts.search("bram");
    server.fault = null;
    await contacts.again();
    expect(found()).toEqual([false, "Vereniging", "Bram"]);
  });

  it("says who is meant without a network, and whom one wrote to", async () => {
    server.deliver({ mailbox: "sent", to: [{ name: "Brigitte", email: "brigitte@far.example" }] });
    const there = await page();
    await there.correspondents.suggest("x", []);
    await there.account.stop();
    server.fault = { kind: "offline" };
    const next = await bench(() => {}, { server: Object.assign(new Server(), { offers: server.offers }) });
    next.server.fault = server.fault;
    keep(next.account, await replica());
    // this page has heard of no message that was sent, so it asks for none
    next.account.mailboxes.replace(there.account.mailboxes.all.value.map(({ mailbox }) => mailbox));
    const emails = (await next.correspondents.suggest("br", [])).map(({ email }) => email);
    expect(emails).toEqual(["brigitte@far.example", "Bram@there.example"]);
    expect(await next.correspondents.suggest("am", [])).toEqual([]);
  });

  it("follows what comes, changes and goes", async () => {
    const there = await page();
    person("Anna");
    server.records.cards.delete("c-Bram");
    server.records.note("ContactCard", "c-Bram", "destroyed");
    person("Zoë", { name: { full: "Zoë de Wit" } });
    server.calls.length = 0;
    news(there);
    await vi.waitFor(async () => expect(await kept()).toEqual(["Anna", "Zoë de Wit"]));
    expect(server.names).not.toContain("ContactCard/query");
    person("Cor");
    server.records.remembersSince = server.records.modseq;
    news(there);
    await vi.waitFor(async () => expect(await kept()).toEqual(["Anna", "Cor", "Zoë de Wit"]));
  });

  it("follows what it could not hear", async () => {
    const there = await page();
    server.fault = { kind: "offline" };
    await there.account.follow();
    person("Anna");
    server.fault = null;
    await there.account.follow();
    await vi.waitFor(async () => expect(await kept()).toContain("Anna"));
  });

  it("has an end: not too many cards, and none that is too long", async () => {
    for (let made = 0; made < MOST_CARDS; made += 1) person(`p${String(made).padStart(4, "0")}`);
    person("Aal", { notes: { n: { note: "x".repeat(LONGEST_CARD) } } });
    const there = await page();
    const names = await kept();
    expect(names).toHaveLength(MOST_CARDS - 1);
    expect(names).not.toContain("Aal");
    person("Aap");
    person("Aar");
    news(there);
    await vi.waitFor(async () => expect(await kept()).toHaveLength(MOST_CARDS));
    expect(await kept()).toContain("Aap");
  });

  it("goes with whoever logs out, and nothing is asked after that", async () => {
    const there = await page();
    await there.account.close();
    expect(await kept()).toEqual([]);
    server.calls.length = 0;
    await there.account.cards?.follow(there.account.client);
    expect(server.calls).toEqual([]);
  });

  it("is not asked for where the account has none", async () => {
    server.offers = {};
    const there = await bench(() => {}, { server });
    await there.account.look({ kind: "mailbox", id: mailboxId("inbox"), only: [] }).need(0, 1);
    keep(there.account, await replica());
    there.scene.pass(CARDS_AFTER);
    await settled(server);
    expect(server.names.filter((name) => name.startsWith("ContactCard"))).toEqual([]);
  });
});
