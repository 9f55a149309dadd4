import { describe, expect, it } from "vitest";
import { bench } from "../../test/bench";
import { Failure } from "../jmap/problem";
import { asksForReceipt, mayAnswer, partText, reader, reportPart, sendReceipt } from "./receipts";

const OFFERS = { "urn:ietf:params:jmap:mdn": {}, "urn:ietf:params:jmap:blob": {} };

async function asked(keywords: Record<string, true> = {}) {
  const there = await bench((server) => {
    server.offers = OFFERS;
    server.deliver({ id: "a" });
    const email = server.records.emails.get("a");
    const asking = [{ name: "Bram", email: "bram@there.example" }];
    if (email !== undefined) {
      email["header:Disposition-Notification-To:asAddresses"] = asking;
      email.keywords = keywords;
    }
  });
  await there.account.emails.need(["a" as never]);
  const email = there.account.emails.shown("a" as never);
  const message = await there.account.messages.of("a" as never);
  const [identity] = there.account.identities.value;
  if (email === undefined || identity === undefined) throw new Error("a message and an identity");
  return { ...there, email, message, identity };
}

describe("a receipt", () => {
  it("is asked for by who asks, until the reader has decided", async () => {
    const { account, email, message, identity } = await asked();
    expect(mayAnswer(account.client)).toBe(true);
    expect(asksForReceipt(email, message, [identity], undefined)).toBe("bram@there.example");
    const decided = await asked({ $mdnsent: true });
    expect(asksForReceipt(decided.email, decided.message, [identity], undefined)).toBeNull();
    const draft = await asked({ $draft: true });
    expect(asksForReceipt(draft.email, draft.message, [identity], undefined)).toBeNull();
  });

  it("is not asked for by junk", async () => {
    const { email, message, identity } = await asked();
    const [where] = email.mailboxIds;
    expect(asksForReceipt(email, message, [identity], where)).toBeNull();
    expect(asksForReceipt(email, message, [identity], "elsewhere" as never)).toBe("bram@there.example");
  });

  it("is not asked for by oneself", async () => {
    const { email, message, identity } = await asked();
    expect(asksForReceipt(email, message, [{ ...identity, email: "Bram@there.example" }], undefined)).toBeNull();
  });

  it("is sent by whom the message reached", async () => {
    const { account, server, message, identity } = await asked();
    const other = { ...identity, id: "i2" as never, email: "other@here.example" };
    expect(reader(message, [other, identity])?.id).toBe("i1");
    expect(reader(message, [other])?.id).toBe("i2");
    await sendReceipt(account.client, identity.id, "a" as never);
    expect(server.calls.at(-1)).toMatchObject({
      name: "MDN/send",
      args: {
        identityId: "i1",
        send: { receipt: { forEmailId: "a", disposition: { actionMode: "manual-action", type: "displayed" } } },
      },
    });
    expect(server.records.emails.get("a")?.keywords).toEqual({ $mdnsent: true });
  });

  it("that was sent already is refused", async () => {
    const { account, identity } = await asked({ $mdnsent: true });
    const again = sendReceipt(account.client, identity.id, "a" as never);
    await expect(again).rejects.toThrow(Failure);
    await expect(again).rejects.toMatchObject({ problem: { type: "mdnAlreadySent" } });
  });
});

describe("a report", () => {
  it("is a part for programs, read as a text", async () => {
    const { account, server, message } = await asked();
    const [part] = message.textBody;
    if (part === undefined) throw new Error("a part");
    const report = { ...part, type: "Message/Delivery-Status", blobId: "b9" as never };
    expect(reportPart({ ...message, attachments: [part, report] })).toBe(report);
    expect(reportPart(message)).toBeNull();
    server.records.blobs.set("b9", "Action: failed");
    expect(await partText(account.client, "b9" as never)).toBe("Action: failed");
    expect(await partText(account.client, "b0" as never)).toBe("");
  });
});
