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

function row(...emails: readonly [Email, ...Email[]]) {
  const [newest] = emails.toReversed();
  return { emails, newest: newest ?? emails[0] };
}

const texts = { list: en.list, language: "en", labels: [], outgoing: false } as const;

describe("what a row says", () => {
  it("is that of the newest message, and of all what was done with them", async () => {
    const [a, b] = await conversation();
    const flagged = { ...a, keywords: new Set(["$seen", "$flagged", "$answered", "bicycle"]) };
    expect(rowWords(row(flagged, b), texts)).toMatchObject({
      isUnread: true,
      unread: "unread,",
      people: "Bram, Cor",
      number: "2",
      together: ", 2 messages,",
      subject: en.list.noSubject,
      receivedAt: b.receivedAt,
      draft: "",
      signs: [{ icon: "reply" }, { icon: "attach" }, { icon: "starred", says: "flagged" }],
      tags: [{ keyword: "bicycle" }],
    });
    expect(rowWords(row(a), texts)).toMatchObject({
      isUnread: false,
      unread: "",
      number: "",
      together: "",
      subject: "Fiets",
      signs: [],
    });
  });

  it("names those to whom one wrote where one looks at what went out", async () => {
    const [a] = await conversation();
    expect(rowWords(row(a), { ...texts, outgoing: true }).people).toBe(en.list.to("anna@here.example"));
    expect(rowWords(row({ ...a, from: null }), texts).people).toBe(en.list.noSender);
  });
});
