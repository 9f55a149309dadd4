import { describe, expect, it } from "vitest";
import { bench } from "../../test/bench";
import type { Server } from "../../test/server/server";
import { Failure } from "../jmap/problem";
import { CONTACTS } from "../jmap/session";
import { BLANK, called, draft } from "./card";
import { Contacts, PAGE } from "./contacts";

function person(server: Server, number: number, given: string, address = `${given.toLowerCase()}@there.example`) {
  server.records.cards.set(`c${number}`, {
    id: `c${number}`,
    uid: `urn:uuid:${number}`,
    name: { components: [{ kind: "given", value: given }] },
    emails: { e1: { address } },
    "example.org:own": number,
  });
}

async function address_book(prepare: (server: Server) => void) {
  const stage = await bench((server) => {
    server.offers[CONTACTS] = {};
    prepare(server);
  });
  const contacts = new Contacts(stage.account.client, () => stage.account.cards);
  const names = () => {
    const { value } = contacts.finding;
    return value.kind === "ready" ? value.found.rows.map(called) : value.kind;
  };
  return { ...stage, contacts, names };
}

describe("an address book", () => {
  it("is shown by name, and found by what is typed", async () => {
    const { contacts, names, account } = await address_book((server) => {
      person(server, 1, "Zoë");
      person(server, 2, "Bram");
    });
    expect(account.offers(CONTACTS)).toBe(true);
    expect(names()).toBe("loading");
    await contacts.search("");
    expect(names()).toEqual(["Bram", "Zoë"]);
    await contacts.search(" bram ");
    expect(names()).toEqual(["Bram"]);
    await contacts.search("nobody");
    expect(names()).toEqual([]);
  });

  it("comes page by page", async () => {
    const { contacts, names, server } = await address_book((all) => {
      for (let number = 1; number <= PAGE + 5; number += 1) person(all, number, `N${String(number).padStart(4, "0")}`);
    });
    await contacts.search("");
    expect(names()).toHaveLength(PAGE);
    await contacts.more();
    expect(new Set(names()).size).toBe(PAGE + 5);
    server.records.cards.delete("c1");
    await contacts.refresh();
    expect(names()).toHaveLength(PAGE + 4);
  });

  it("shows the answer to the last question, whichever comes last", async () => {
    const { contacts, names } = await address_book((server) => {
      person(server, 1, "Anna");
      person(server, 2, "Bram");
    });
    await Promise.all([contacts.search("anna"), contacts.search("bram")]);
    expect(names()).toEqual(["Bram"]);
  });

  it("says that it could not be asked, and can be asked again", async () => {
    const { contacts, names, server } = await address_book((all) => person(all, 1, "Anna"));
    server.fault = { kind: "offline" };
    await contacts.search("");
    expect(contacts.finding.value).toEqual({ kind: "failed", cause: { kind: "offline" } });
    server.fault = null;
    await contacts.refresh();
    expect(names()).toEqual(["Anna"]);
  });
});

describe("a card", () => {
  it("is made, changed by what was changed alone, and keeps what the form does not show", async () => {
    const { contacts, names, server } = await address_book((all) => person(all, 1, "Anna"));
    await contacts.save(null, { ...BLANK, given: "Bram" });
    expect(names()).toEqual(["Anna", "Bram"]);
    const [first] = [...server.records.cards.keys()];
    const { value } = contacts.finding;
    if (value.kind !== "ready") throw new Error("found");
    const anna = await contacts.card(value.found.rows[0]?.id ?? fail());
    await contacts.save(anna, { ...draft(anna), note: "buurvrouw" });
    expect(server.records.cards.get(first ?? "")).toMatchObject({
      "example.org:own": 1,
      notes: { n1: { note: "buurvrouw" } },
      emails: { e1: { address: "anna@there.example" } },
    });
    expect(server.calls.at(-3)?.args).toMatchObject({ update: { c1: { notes: { n1: { note: "buurvrouw" } } } } });
  });

  it("that nothing was changed in is not written", async () => {
    const { contacts, server } = await address_book((all) => person(all, 1, "Anna"));
    const card = await found(contacts, "anna@there.example");
    await contacts.save(card, draft(card));
    expect(server.names).not.toContain("ContactCard/set");
  });

  it("is taken away, and brought back whole", async () => {
    const { contacts, names, server } = await address_book((all) => person(all, 1, "Anna"));
    const card = await found(contacts, "anna@there.example");
    const back = await contacts.remove(card.id);
    expect(names()).toEqual([]);
    const id = await back();
    expect(names()).toEqual(["Anna"]);
    const { id: now, ...rest } = server.records.cards.get(id) ?? {};
    expect([now, rest]).toEqual([id, { ...(await contacts.card(id)).fields, id: undefined, uid: "urn:uuid:1" }]);
    expect(rest["example.org:own"]).toBe(1);
  });

  it("that is not there any more is said so", async () => {
    const { contacts, server } = await address_book((all) => person(all, 1, "Anna"));
    const card = await found(contacts, "anna@there.example");
    server.records.cards.clear();
    const refused = expect.objectContaining({ problem: expect.objectContaining({ type: "notFound" }) });
    await expect(contacts.card(card.id)).rejects.toEqual(refused);
    await expect(contacts.save(card, { ...draft(card), note: "x" })).rejects.toBeInstanceOf(Failure);
  });

  it("is found by the whole address, not by a part of it", async () => {
    const { contacts } = await address_book((all) => {
      person(all, 1, "Anna", "hanna@there.example");
      person(all, 2, "Ha", "Anna@There.example");
    });
    expect(called(await found(contacts, "anna@there.example"))).toBe("Ha");
    expect(await contacts.withAddress("nna@there.example")).toBeNull();
  });
});

describe("a group", () => {
  it("has a name and members, whose cards are found", async () => {
    const { contacts, server } = await address_book((all) => {
      person(all, 1, "Anna");
      person(all, 2, "Bram");
    });
    const id = await contacts.saveGroup(null, "Buren", ["urn:uuid:2", "gone"]);
    expect(server.records.cards.get(id)).toMatchObject({ kind: "group", name: { full: "Buren" } });
    const group = await contacts.card(id);
    expect((await contacts.of(["urn:uuid:2", "gone"])).map(called)).toEqual(["Bram"]);
    await contacts.saveGroup(group, "Straat", ["urn:uuid:1"]);
    expect(server.records.cards.get(id)).toMatchObject({ name: { full: "Straat" }, members: { "urn:uuid:1": true } });
    expect(await contacts.of([])).toEqual([]);
  });

  it("keeps whom another device put in, and the name that it gave", async () => {
    const { contacts, server } = await address_book(() => {});
    const id = await contacts.saveGroup(null, "Buren", ["a", "b/c~d"]);
    const before = await contacts.card(id);
    server.records.cards.set(id, {
      ...server.records.cards.get(id),
      id,
      name: { full: "Straat" },
      members: { a: true, "b/c~d": true, theirs: true },
    });
    await contacts.saveGroup(before, "Buren", ["a", "mine"]);
    expect(server.records.cards.get(id)).toMatchObject({ name: { full: "Straat" } });
    expect(server.records.cards.get(id)?.members).toEqual({ a: true, mine: true, theirs: true });
  });
});

async function found(contacts: Contacts, address: string) {
  return (await contacts.withAddress(address)) ?? fail();
}

function fail(): never {
  throw new Error("it is there");
}
