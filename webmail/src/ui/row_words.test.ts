import { describe, expect, it } from "vitest";
import { Server } from "../../test/server/server";
import { Client } from "../jmap/client";
import { EMAIL, type Email } from "../jmap/mail";
import { get } from "../jmap/methods";
import { en } from "../texts/en";
import { rowWords } from "./row_words";

async function conversation(): Promise<[Email, Email]> {
  const server = new Server();
  server.deliver({ id: "a", subject: "Fiets", from: { name: "Bram", email: "bram@there.example" }, seen: true });
  server.deliver({ id: "b", subject: "", from: { name: "Cor", email: "cor@there.example" }, hasAttachment: true });
  const client = await Client.begin(server);
  const { list } = await client.call(get(EMAIL, client.accountId, null));
  const [a, b] = ["a", "b"].map((id) => list.find((one) => one.id === id));
  if (a === undefined || b === undefined) throw new Error("two messages");
  return [a, b];
}

describe("what a row says", () => {
  it("is that of the newest message, and of all what was done with them", async () => {
    const [a, b] = await conversation();
    const flagged = { ...a, keywords: new Set(["$seen", "$flagged", "$answered", "bicycle"]) };
    expect(rowWords([flagged, b], false, en.list, [])).toMatchObject({
      unread: true,
      people: "Bram, Cor",
      subject: en.list.noSubject,
      receivedAt: b.receivedAt,
      attached: true,
      flagged: true,
      answered: true,
      forwarded: false,
      draft: false,
      tags: [{ keyword: "bicycle" }],
    });
    expect(rowWords([a], false, en.list, [])).toMatchObject({ unread: false, subject: "Fiets", attached: false });
  });

  it("names those to whom one wrote where one looks at what went out", async () => {
    const [a] = await conversation();
    expect(rowWords([a], true, en.list, [])?.people).toBe(en.list.to("anna@here.example"));
    expect(rowWords([{ ...a, from: null }], false, en.list, [])?.people).toBe(en.list.noSender);
    expect(rowWords([], false, en.list, [])).toBeNull();
  });
});
