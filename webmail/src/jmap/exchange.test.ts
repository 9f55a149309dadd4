import { describe, expect, it } from "vitest";
import { id } from "./decode";
import { exportUrl, importFile, mediaType } from "./exchange";
import { Failure } from "./problem";
import type { Sending } from "./transfer";

const account = id<"Account">()("a/1", "");
const mailbox = id<"Mailbox">()("m $&", "");

describe("a file to be fetched", () => {
  it.each([
    [{ kind: "all" }, "https://here/jmap/export/a%2F1/mail.zip"],
    [{ kind: "mailbox", id: mailbox }, "https://here/jmap/export/a%2F1/mailbox/m%20%24%26.mbox"],
    [{ kind: "contacts" }, "https://here/jmap/export/a%2F1/contacts.vcf"],
  ] as const)("%j is at %s", (what, url) => {
    expect(exportUrl("https://here/jmap/export/{accountId}/{what}", account, what)).toBe(url);
  });
});

describe("a file to be brought in", () => {
  it.each([
    ["Bericht.EML", "message/rfc822"],
    ["Inbox.mbox", "application/mbox"],
    ["INBOX", "application/mbox"],
    ["wie.vcf", "text/vcard"],
    ["photo.png", null],
    [".txt", null],
  ])("called %s is %s", (name, type) => {
    expect(mediaType(name)).toBe(type);
  });

  const sent = (status: number, body: string) => {
    const asked: { url: string; type: string; text: string }[] = [];
    const sending: Sending = async (url, file, progress) => {
      asked.push({ url, type: file.type, text: await file.text() });
      progress(file.size);
      return { status, retryAfter: "3", body };
    };
    const run = (into: Parameters<typeof importFile>[2], type: string) =>
      importFile(
        "/jmap/import/{accountId}/{mailboxId}",
        account,
        into,
        new Blob(["From x"]),
        type,
        () => {},
        new AbortController().signal,
        sending,
      );
    return { asked, run };
  };

  it("goes as what it is, and what became of it is told", async () => {
    const { asked, run } = sent(200, '{"imported":3,"refused":[{"index":1,"reason":"too large"}]}');
    expect(await run({ kind: "mailbox", id: mailbox }, "application/mbox")).toEqual({
      imported: 3,
      alreadyThere: 0,
      refused: [{ index: 1, reason: "too large" }],
      refusedTotal: null,
    });
    await run({ kind: "contacts" }, "text/vcard");
    expect(asked).toEqual([
      { url: "/jmap/import/a%2F1/m%20%24%26", type: "application/mbox", text: "From x" },
      { url: "/jmap/import/a%2F1/contacts", type: "text/vcard", text: "From x" },
    ]);
  });

  it.each([
    [413, "", "too-large"],
    [429, "", "slow-down"],
    [200, "{}", "malformed"],
    [507, "", "server"],
  ])("that ends with %i %s is refused as %s", async (status, body, kind) => {
    const { run } = sent(status, body);
    const failed = await run({ kind: "contacts" }, "text/vcard").catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(Failure);
    expect(failed).toMatchObject({ problem: { kind } });
  });
});
