import { describe, expect, it } from "vitest";
import { mailboxId } from "../../test/bench";
import { Server } from "../../test/server/server";
import { Client } from "../jmap/client";
import { IDENTITY, type Identity, MESSAGE, MESSAGE_ARGUMENTS, type Message } from "../jmap/mail";
import { get } from "../jmap/methods";
import { parsed, shortName, written } from "./addresses";
import { forward, reply } from "./answers";
import { blank, isEmpty, restored, resumed } from "./composition";
import { emailObject } from "./email_object";

const WORDS = { wrote: () => "Bram schreef:", forwarded: () => "--- Doorgestuurd ---" };
const OWN = ["anna@here.example"];

async function received(change: Partial<Message> = {}): Promise<{ message: Message; identity: Identity }> {
  const server = new Server();
  server.deliver({ id: "a", text: "een\n> twee\n\ndrie", messageId: "a@there.example", subject: "Fiets" });
  const client = await Client.begin(server);
  const { list } = await client.call(get(MESSAGE, client.accountId, null, MESSAGE_ARGUMENTS));
  const identities = await client.call(get(IDENTITY, client.accountId, null));
  const [message] = list;
  const [identity] = identities.list;
  if (message === undefined || identity === undefined) throw new Error("a message and an identity");
  return { message: { ...message, ...change }, identity };
}

const bram = { name: "Bram", email: "bram@there.example" };
const anna = { name: null, email: "Anna@here.example" };
const piet = { name: "Jansen, Piet", email: "piet@there.example" };

describe("an answer", () => {
  it("quotes, names what it answers, and goes to the sender", async () => {
    const { message, identity } = await received();
    const answer = reply(message, { ...identity, textSignature: "Anna" }, OWN, WORDS, "sender");
    expect(answer).toMatchObject({
      to: "Bram <bram@there.example>",
      cc: "",
      subject: "Re: Fiets",
      text: "\n\nBram schreef:\n> een\n>> twee\n>\n> drie\n\n-- \nAnna",
      inReplyTo: ["a@there.example"],
      references: ["a@there.example"],
      origin: { id: "a", mark: "$answered" },
    });
  });

  it.each<[string, Partial<Message>, "sender" | "all", string, string]>([
    [
      "to all leaves oneself out",
      { to: [anna, piet], cc: [bram] },
      "all",
      "Bram <bram@there.example>",
      '"Jansen, Piet" <piet@there.example>',
    ],
    ["goes where Reply-To says", { replyTo: [piet] }, "sender", '"Jansen, Piet" <piet@there.example>', ""],
    [
      "to one's own message goes where that went",
      { from: [anna], to: [bram], cc: [piet] },
      "all",
      "Bram <bram@there.example>",
      '"Jansen, Piet" <piet@there.example>',
    ],
  ])("%s", async (_, change, toWhom, to, cc) => {
    const { message, identity } = await received(change);
    expect(reply(message, identity, OWN, WORDS, toWhom)).toMatchObject({ to, cc });
  });

  it.each([
    ["Re: Fiets", "Re: Fiets"],
    ["RE: Fiets", "RE: Fiets"],
    ["Antw: Fiets", "Antw: Fiets"],
    [null, "Re: "],
    ["Reis", "Re: Reis"],
  ])("on %j is about %j", async (subject, expected) => {
    const { message, identity } = await received({ subject });
    expect(reply(message, identity, OWN, WORDS, "sender").subject).toBe(expected);
  });

  it("continues the references it has", async () => {
    const { message, identity } = await received({ references: ["x@y"], messageId: ["z@y"] });
    expect(reply(message, identity, OWN, WORDS, "sender").references).toEqual(["x@y", "z@y"]);
  });
});

describe("a message to be written", () => {
  it("passed on has the text and the attachments", async () => {
    const { message, identity } = await received();
    const file = {
      partId: "2",
      blobId: "b2" as never,
      size: 3,
      name: "a.pdf",
      type: "application/pdf",
      charset: null,
      disposition: "attachment",
      cid: null,
    };
    const passed = forward({ ...message, attachments: [file] }, identity, WORDS);
    expect(passed).toMatchObject({ to: "", subject: "Fwd: Fiets", attachments: [{ blobId: "b2", name: "a.pdf" }] });
    expect(passed.text).toContain("--- Doorgestuurd ---\n\neen\n> twee");
  });

  it("is empty until somebody writes", async () => {
    const { identity } = await received();
    const signed = { ...identity, textSignature: "Anna" };
    expect(isEmpty(blank(signed), signed)).toBe(true);
    expect(isEmpty({ ...blank(signed), subject: "x" }, signed)).toBe(false);
    expect(isEmpty({ ...blank(signed), text: "x" }, signed)).toBe(false);
  });

  it("comes back as it was kept, or not at all", async () => {
    const { message, identity } = await received();
    const answer = reply(message, identity, OWN, WORDS, "all");
    expect(restored(structuredClone(answer))).toEqual(answer);
    expect(restored({ ...answer, key: 7 })).toBeNull();
  });

  it("is a draft with the fields it has", async () => {
    const { message, identity } = await received();
    const draft = emailObject(
      { ...resumed(message, identity), to: "Piet <piet@there.example>" },
      identity,
      mailboxId("d"),
    );
    expect(draft).toMatchObject({
      mailboxIds: { d: true },
      keywords: { $draft: true, $seen: true },
      from: [{ name: "Anna de Vries", email: "anna@here.example" }],
      to: [{ name: "Piet", email: "piet@there.example" }],
      cc: null,
      messageId: ["a@there.example"],
    });
    expect(draft).not.toHaveProperty("attachments");
    expect(draft).not.toHaveProperty("inReplyTo");
  });
});

describe("addresses", () => {
  it.each<[string, unknown[], string[]]>([
    ["a@b.example", [{ name: null, email: "a@b.example" }], []],
    [
      "Jan <jan@b.example>; piet@c.example\n",
      [
        { name: "Jan", email: "jan@b.example" },
        { name: null, email: "piet@c.example" },
      ],
      [],
    ],
    ['"Jansen, \\"Jan\\"" <jan@b.example>', [{ name: 'Jansen, "Jan"', email: "jan@b.example" }], []],
    ["jan, <x@y>, a@b@c", [{ name: null, email: "x@y" }], ["jan", "a@b@c"]],
    ["jan@büro.example", [{ name: null, email: "jan@büro.example" }], []],
    [" , ;", [], []],
  ])("are read from %j", (typed, addresses, wrong) => {
    expect(parsed(typed)).toEqual({ addresses, wrong });
  });

  it.each([bram, anna, piet, { name: 'a "b" c', email: "x@y.example" }])(
    "are read as they are written: %j",
    (address) => {
      expect(parsed(written(address)).addresses).toEqual([address]);
    },
  );

  it("are named without signs that nobody sees", () => {
    expect(shortName({ name: "\u202eknab\u202c ", email: "x@evil.example" })).toBe("knab");
    expect(shortName({ name: "\u200b", email: "x@evil.example" })).toBe("x@evil.example");
  });
});
