import { describe, expect, it } from "vitest";
import { bench } from "../../test/bench";
import type { Message } from "../jmap/mail";
import { headerFields } from "./header_fields";
import { remarks } from "./header_remarks";

const CAME = Date.parse("2026-12-07T13:00:00Z");

async function said(header: string, change: Partial<Message> = {}) {
  const { account } = await bench((server) => {
    server.deliver({ id: "a", receivedAt: new Date(CAME).toISOString(), messageId: "a@there.example" });
  });
  await account.emails.need(["a" as never]);
  const email = account.emails.shown("a" as never);
  const message = await account.messages.of("a" as never);
  if (email === undefined) throw new Error("a message");
  return remarks(headerFields(header), email, { ...message, sentAt: CAME, ...change });
}

const ALWAYS = [
  { kind: "written", at: CAME },
  { kind: "received", at: CAME },
  { kind: "message-id", id: "a@there.example" },
];

describe("what a header says", () => {
  it("is little of an ordinary message", async () => {
    expect(await said("Return-Path: <bram@there.example>\r\nAuto-Submitted: no")).toEqual(ALWAYS);
  });

  it("is who else has to do with it", async () => {
    const replyTo = [{ name: null, email: "other@elsewhere.example" }];
    const sender = [{ name: null, email: "secretary@there.example" }];
    expect(await said("Return-Path: <bounce@list.example>", { replyTo, sender })).toEqual([
      { kind: "reply-elsewhere", email: "other@elsewhere.example" },
      { kind: "sent-by", email: "secretary@there.example" },
      { kind: "reports-elsewhere", email: "bounce@list.example" },
      ...ALWAYS,
    ]);
    expect(await said("Return-Path: <>", { replyTo: [{ name: "x", email: "BRAM@there.example" }] })).toEqual([
      { kind: "no-reports" },
      ...ALWAYS,
    ]);
  });

  it("is a date that cannot be, or none", async () => {
    const late = await said("", { sentAt: CAME - 3 * 86_400_000 });
    expect(late).toContainEqual({ kind: "date-differs", hours: 72 });
    expect(await said("", { sentAt: null })).toContainEqual({ kind: "no-date" });
  });

  it("is that it came by a list, or from a program", async () => {
    const header = [
      "List-Id: Fietsers <fiets.list.example>",
      "List-Unsubscribe: <https://list.example/off>",
      "List-Post: <mailto:fiets@list.example?x=y>",
      "Auto-Submitted: auto-generated",
      "Precedence: bulk",
      "X-Mailer: Post\u202E 1.0",
    ];
    expect(await said(header.join("\r\n"), { inReplyTo: ["b@there.example"] })).toEqual([
      ...ALWAYS,
      { kind: "answers", id: "b@there.example" },
      { kind: "list", id: "fiets.list.example" },
      { kind: "list-leave" },
      { kind: "list-post", email: "fiets@list.example" },
      { kind: "automatic" },
      { kind: "many" },
      { kind: "program", name: "Post 1.0" },
    ]);
  });

  it("is not what anybody wrote about whom to believe", async () => {
    const forged = "Authentication-Results: mx.here.example; dkim=pass header.d=bank.example; spf=pass";
    expect(await said(`${forged}\r\nARC-Authentication-Results: i=1; ${forged}\r\nReceived-SPF: pass`)).toEqual(ALWAYS);
  });
});
