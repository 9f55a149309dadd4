import { describe, expect, it } from "vitest";
import { bench } from "../../test/bench";
import type { Part } from "../jmap/mail";
import { isOfReader, subjectOf } from "./report_subject";

/** An account that sent one message, and has got another of which it sent nothing. */
async function reported() {
  const { account, server } = await bench((one) => {
    one.offers = { "urn:ietf:params:jmap:blob": {} };
    one.deliver({ id: "s", messageId: "sent@here.example" });
    one.deliver({ id: "a", messageId: "other@there.example" });
    one.records.blobs.set("mine", "Message-ID: <sent@here.example>\r\n\r\nDag");
    one.records.blobs.set("theirs", "Message-ID: <other@there.example>\r\n\r\nDag");
  });
  const [sent, inbox] = ["sent" as const, "inbox" as const].map((role) => account.place(role));
  const stored = server.records.emails.get("s");
  if (sent === undefined || inbox === undefined || stored === undefined) throw new Error("places");
  server.records.put({ ...stored, mailboxIds: { [sent]: true } });
  const message = await account.messages.of("a" as never);
  return { client: account.client, message, sent };
}

function part(type: string, blobId: string): Part {
  return {
    partId: "1",
    blobId: blobId as never,
    size: 1,
    name: null,
    type,
    charset: null,
    disposition: null,
    cid: null,
  };
}

describe("a report of a mail server", () => {
  it.each([
    ["message/rfc822", "mine", "sent"],
    ["Text/RFC822-Headers", "mine", "sent"],
    ["message/rfc822", "theirs", "other"],
    ["message/rfc822", "nowhere", "unknown"],
    ["text/plain", "mine", "unknown"],
  ])("that brings back %s %s is about: %s", async (type, blob, expected) => {
    const { client, message, sent } = await reported();
    expect(await subjectOf(client, { ...message, attachments: [part(type, blob)] }, sent)).toBe(expected);
  });
});

describe("a receipt", () => {
  const READER = "bram@there.example";

  it.each([
    [READER, "sent@here.example", true],
    ["Bram@There.example", "sent@here.example", true],
    ["other@there.example", "sent@here.example", false],
    [READER, "other@there.example", false],
    [READER, "here.example", false],
    [READER, "", false],
  ])("from %s about %j is of who read it: %s", async (email, original, expected) => {
    const { client, sent } = await reported();
    const from = [{ name: null, email }];
    expect(await isOfReader(client, { from }, { reader: READER, original, displayed: true }, sent)).toBe(expected);
  });
});
