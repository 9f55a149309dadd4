import { describe, expect, it } from "vitest";
import { mailboxId } from "../../test/bench";
import { Server } from "../../test/server/server";
import { Client } from "../jmap/client";
import { IDENTITY, type Identity, MESSAGE, type Message, WHOLE_ARGUMENTS } from "../jmap/mail";
import { get } from "../jmap/methods";
import { forward, forwardAsFile, LONGEST_QUOTE, QUOTE, reply } from "./answers";
import { blank, filesOf, isEmpty, resumed, sentBy } from "./composition";
import { emailObject } from "./email_object";
import { inForm, isFormatted, settled } from "./forms";

const WORDS = { wrote: () => "Bram <b> schreef:", forwarded: () => "--- Doorgestuurd ---" };
const PICTURE = {
  partId: "3",
  blobId: "b3" as never,
  size: 3,
  name: "foto.png",
  type: "image/png",
  charset: null,
  disposition: "inline",
  cid: "foto@there",
};
const FILE = { ...PICTURE, partId: "4", blobId: "b4" as never, name: "a.pdf", cid: null, disposition: "attachment" };
const HTML = '<html><body><p>een</p><img src="cid:foto@there"></body></html>';

async function received(): Promise<{ message: Message; identity: Identity }> {
  const server = new Server();
  server.deliver({ id: "a", text: "een", messageId: "a@there.example", subject: "Fiets" });
  const client = await Client.begin(server);
  const { list } = await client.call(get(MESSAGE, client.accountId, null, WHOLE_ARGUMENTS));
  const identities = await client.call(get(IDENTITY, client.accountId, null));
  const [message] = list;
  const [identity] = identities.list;
  if (message === undefined || identity === undefined) throw new Error("a message and an identity");
  const [part] = message.textBody;
  if (part === undefined) throw new Error("a part");
  const values = new Map([...message.bodyValues, ["h", { value: HTML, isEncodingProblem: false, isTruncated: false }]]);
  return {
    message: {
      ...message,
      htmlBody: [{ ...part, partId: "h", type: "text/html" }],
      attachments: [PICTURE, FILE],
      bodyValues: values,
    },
    identity: { ...identity, textSignature: "Anna", htmlSignature: "" },
  };
}

describe("a formatted answer", () => {
  it("has room, who wrote, a place for the quote that is cleaned later, and what the quote shows", async () => {
    const { message, identity } = await received();
    const answer = reply(message, identity, [], WORDS, "sender", "rich");
    expect(answer.html).toContain("<div>Bram &lt;b&gt; schreef:</div>");
    expect(answer.html).toContain(`<blockquote type="cite">${QUOTE}</blockquote>`);
    expect(answer.html).toMatch(/<div data-signature=""><div>Anna<\/div><\/div>$/);
    expect(answer.quote).toBe(HTML);
    expect(answer.attachments.map(({ name }) => name)).toEqual(["foto.png"]);
  });

  it("to a plain message quotes its lines", async () => {
    const { message, identity } = await received();
    const answer = reply({ ...message, htmlBody: [] }, identity, [], WORDS, "sender", "rich");
    expect(answer.quote).toBe("<div>een</div>");
  });

  it("whose quote the editor has not taken loses none of its words", async () => {
    const { message, identity } = await received();
    const answer = reply(message, identity, [], WORDS, "sender", "rich");
    expect(settled(answer).text).toBe("\n\nBram <b> schreef:\n> een\n\n-- \nAnna");
    expect(inForm(answer, "plain")).toMatchObject({ html: null, quote: null, text: settled(answer).text });
    const object = emailObject(answer, identity, mailboxId("d"));
    expect(JSON.stringify(object)).not.toContain("data-quote");
  });
});

describe("passing on", () => {
  it("formatted has the text and every file", async () => {
    const { message, identity } = await received();
    const passed = forward(message, identity, WORDS, "rich");
    expect(passed.quote).toBe(HTML);
    expect(passed.html).toContain("--- Doorgestuurd ---");
    expect(passed.attachments.map(({ name }) => name)).toEqual(["foto.png", "a.pdf"]);
  });

  it("as a file has the whole message", async () => {
    const { message, identity } = await received();
    const passed = forwardAsFile({ ...message, subject: "een / twee" }, identity);
    expect(passed).toMatchObject({
      subject: "Fwd: een / twee",
      attachments: [{ blobId: "ba", name: "een _ twee.eml", type: "message/rfc822", cid: null }],
      origin: { mark: "$forwarded" },
    });
  });
});

describe("a formatted message", () => {
  it("is sent in both forms, with what it shows beside it", async () => {
    const { identity } = await received();
    const { blobId, name, type, size } = PICTURE;
    const of = {
      ...blank(identity, "rich"),
      html: '<div>dag</div><img src="cid:foto@there">',
      text: "dag",
      attachments: [
        { blobId, name, type, size, cid: "foto@there" },
        { blobId, name, type, size, cid: "gone@there" },
      ],
    };
    expect(filesOf(of).map(({ cid }) => cid)).toEqual(["gone@there"]);
    const object = emailObject(of, identity, mailboxId("d"));
    expect(object).toMatchObject({
      textBody: [{ partId: "text", type: "text/plain" }],
      htmlBody: [{ partId: "html", type: "text/html" }],
      attachments: [
        { blobId, cid: "foto@there", disposition: "inline" },
        { blobId, disposition: "attachment" },
      ],
    });
    expect(object.bodyValues).toMatchObject({ text: { value: "dag" } });
    expect(JSON.stringify(object.bodyValues)).toContain("<!DOCTYPE html>");
    const plain = emailObject({ ...of, html: null }, identity, mailboxId("d"));
    expect(plain).toMatchObject({ attachments: [{ disposition: "attachment" }, { disposition: "attachment" }] });
    expect(plain).not.toHaveProperty("htmlBody");
  });

  it("comes back from its draft with its form, its pressure and its wish for a receipt", async () => {
    const { message, identity } = await received();
    const draft = {
      ...message,
      "header:Importance:asText": " High",
      "header:Disposition-Notification-To:asAddresses": [{ name: null, email: "anna@here.example" }],
    };
    expect(resumed(draft, identity)).toMatchObject({
      html: '<p>een</p><img src="cid:foto@there">',
      priority: "high",
      receipt: true,
    });
    expect(resumed({ ...message, htmlBody: [] }, identity)).toMatchObject({
      html: null,
      priority: "normal",
      receipt: false,
    });
  });

  it("is empty until somebody writes", async () => {
    const { identity } = await received();
    expect(isEmpty(blank(identity, "rich"), identity)).toBe(true);
    expect(isEmpty({ ...blank(identity, "rich"), text: "dag" }, identity)).toBe(false);
  });

  it("loses something as a plain one only where it is formatted", async () => {
    const { identity } = await received();
    expect(isFormatted(blank(identity, "rich"))).toBe(false);
    expect(isFormatted({ ...blank(identity), html: "<div><b>x</b></div>" })).toBe(true);
    expect(inForm({ ...blank(identity), text: "a\nb" }, "rich")).toMatchObject({ html: "<div>a</div><div>b</div>" });
  });
});

describe("what else a message says", () => {
  it.each([
    ["high", "1", "high", "urgent"],
    ["low", "5", "low", "non-urgent"],
  ] as const)("%s is said in three fields", async (priority, number, importance, word) => {
    const { identity } = await received();
    expect(emailObject({ ...blank(identity), priority }, identity, mailboxId("d"))).toMatchObject({
      "header:X-Priority:asText": number,
      "header:Importance:asText": importance,
      "header:Priority:asText": word,
    });
  });

  it("is as it always was where nothing was chosen", async () => {
    const { identity } = await received();
    expect(Object.keys(emailObject(blank(identity), identity, mailboxId("d"))).join()).not.toMatch(/header:|sentAt/);
  });

  it("is that a receipt is wanted, and when it goes", async () => {
    const { identity } = await received();
    const of = { ...blank(identity), receipt: true, sendAt: Date.UTC(2027, 0, 2, 3, 4, 5, 678) };
    expect(emailObject(of, identity, mailboxId("d"), of.sendAt)).toMatchObject({
      "header:Disposition-Notification-To:asAddresses": [{ name: null, email: identity.email }],
      sentAt: "2027-01-02T03:04:05Z",
    });
  });

  it("is signed anew by another identity, unless somebody wrote into it", async () => {
    const { identity } = await received();
    const other = { ...identity, textSignature: "Bestuur" };
    expect(sentBy({ ...blank(identity), text: "dag\n\n-- \nAnna" }, identity, other)).toMatchObject({
      text: "dag\n\n-- \nBestuur",
    });
    expect(sentBy({ ...blank(identity), text: "dag\n\n-- \nA." }, identity, other)).not.toHaveProperty("text");
    expect(sentBy({ ...blank(identity), text: "dag" }, { ...identity, textSignature: "" }, other)).toMatchObject({
      text: "dag\n\n-- \nBestuur",
    });
  });

  it("is a copy to whom the identity always sends one, unless somebody chose others", async () => {
    const { identity, message } = await received();
    const mine = { ...identity, bcc: [{ name: "Archief", email: "archief@here.example" }] };
    const other = { ...identity, id: "i2" as typeof identity.id, bcc: [{ name: null, email: "bestuur@here.example" }] };
    expect(blank(mine)).toMatchObject({ bcc: "Archief <archief@here.example>" });
    expect(reply(message, mine, [], WORDS, "sender").bcc).toBe("Archief <archief@here.example>");
    expect(isEmpty(blank(mine), mine)).toBe(true);
    expect(isEmpty({ ...blank(mine), bcc: "" }, mine)).toBe(true);
    expect(isEmpty({ ...blank(mine), bcc: "bram@there.example" }, mine)).toBe(false);
    expect(sentBy(blank(mine), mine, other)).toMatchObject({ identityId: "i2", bcc: "bestuur@here.example" });
    expect(sentBy(blank(identity), identity, other)).toMatchObject({ bcc: "bestuur@here.example" });
    expect(sentBy({ ...blank(mine), bcc: "bram@there.example" }, mine, other)).not.toHaveProperty("bcc");
  });

  it("is, of a formatted text that is very long, its words", async () => {
    const { identity, message } = await received();
    const long = new Map(message.bodyValues);
    const html = `${HTML}${"<p></p>".repeat(LONGEST_QUOTE / 7)}`;
    long.set("h", { value: html, isEncodingProblem: false, isTruncated: false });
    expect(reply(message, identity, [], WORDS, "sender", "rich")).toMatchObject({ quote: HTML });
    const answer = reply({ ...message, bodyValues: long }, identity, [], WORDS, "sender", "rich");
    expect(answer).toMatchObject({ quote: "<div>een</div>", attachments: [] });
  });
});
