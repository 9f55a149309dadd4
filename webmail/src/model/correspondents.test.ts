import { describe, expect, it } from "vitest";
import { bench } from "../../test/bench";
import { typedParts } from "./addresses";
import { fits, ranked } from "./correspondents";

const jose = { name: "José de Wit", email: "j.dewit@there.example" };

describe("who is meant", () => {
  it.each([
    ["jos", true],
    ["JOSÉ", true],
    ["wit jo", true],
    ["j.dew", true],
    ["there", true],
    ["ose", false],
    ["jos x", false],
    ["", false],
    ["  ", false],
  ])("by %j: %s", (typed, expected) => {
    expect(fits(jose, typed)).toBe(expected);
  });

  it("is whom one wrote to often and lately, by the name he has", () => {
    const bare = { name: null, email: "J.DeWit@there.example" };
    const old = Array.from({ length: 60 }, () => ({
      to: [{ name: null, email: "x@there.example" }],
      cc: null,
      bcc: null,
    }));
    const messages = [
      { to: [bare], cc: null, bcc: null },
      { to: null, cc: [jose], bcc: null },
      { to: null, cc: null, bcc: [{ name: "A", email: "a@there.example" }] },
      ...old.slice(0, 2),
    ];
    expect(ranked(messages)).toMatchObject([jose, { email: "x@there.example" }, { name: "A" }]);
  });
});

describe("suggestions", () => {
  async function sentTo(...emails: string[]) {
    const there = await bench((server) => {
      for (const email of emails)
        server.deliver({ mailbox: "sent", to: [{ name: `Naam ${email.slice(0, 2)}`, email }] });
    });
    return there;
  }

  it("come from what was sent, once, and not those who are named already", async () => {
    const { correspondents } = await sentTo("bo@there.example", "bob@there.example", "bo@there.example");
    expect(await correspondents.suggest("bo", [])).toMatchObject([
      { email: "bo@there.example" },
      { email: "bob@there.example" },
    ]);
    expect(await correspondents.suggest("bo", ["BO@there.example"])).toMatchObject([{ email: "bob@there.example" }]);
  });

  it("know of what was sent since", async () => {
    const { account, server, correspondents } = await sentTo("bo@there.example");
    await correspondents.suggest("x", []);
    const before = server.requests;
    await correspondents.suggest("bo", []);
    expect(server.requests).toBe(before);
    server.deliver({ mailbox: "sent", to: [{ name: null, email: "bote@there.example" }] });
    await account.follow();
    expect((await correspondents.suggest("bo", [])).map(({ email }) => email)).toContain("bote@there.example");
  });

  it("come from the address book, with the name that it has", async () => {
    const card = {
      id: "c1",
      name: {
        components: [
          { kind: "given", value: "Bo" },
          { kind: "surname", value: "Jansen" },
        ],
      },
      emails: { e1: { address: "bo@there.example" }, e2: { address: "bo@work.example" } },
    };
    const { correspondents } = await bench((server) => {
      server.offers = { "urn:ietf:params:jmap:contacts": {} };
      server.records.cards.set("c1", card);
    });
    expect(await correspondents.suggest("bo", [])).toEqual([
      { name: "Bo Jansen", email: "bo@there.example" },
      { name: "Bo Jansen", email: "bo@work.example" },
    ]);
  });

  it("are none without a connection, and come again with it", async () => {
    const { server, correspondents } = await sentTo("bo@there.example");
    server.fault = { kind: "offline" };
    expect(await correspondents.suggest("bo", [])).toEqual([]);
    server.fault = null;
    expect(await correspondents.suggest("bo", [])).toHaveLength(1);
  });
});

describe("a line that is typed", () => {
  it.each<[string, readonly string[], string]>([
    ["a@b.example", [], "a@b.example"],
    ["a@b.example,", ["a@b.example"], ""],
    ["a@b.example, c", ["a@b.example"], "c"],
    ['"A, B" <a@b.example>; c@d.example\n', ['"A, B" <a@b.example>', "c@d.example"], ""],
    ['"A, B', [], '"A, B'],
    ["", [], ""],
  ])("%j is complete as far as %j", (typed, complete, rest) => {
    expect(typedParts(typed)).toEqual({ complete, rest });
  });
});
