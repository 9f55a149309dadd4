import { describe, expect, it } from "vitest";
import { bench, emailId } from "../../test/bench";
import { receipt, reported } from "./delivery_report";
import { fates, fatesOf } from "./fates";
import { reasonOf } from "./reasons";

describe("why a message did not come", () => {
  it.each([
    ["550 5.1.1 <x@y>: user unknown", "no-such-person"],
    ["550 5.1.2 the domain far.example does not exist", "no-such-domain"],
    ["556 5.1.10 no mail here", "no-mail-there"],
    ["552 5.2.2 over quota", "mailbox-full"],
    ["452 4.2.2 try later", "mailbox-full"],
    ["552 too much", "mailbox-full"],
    ["550 5.3.4 too big", "too-large"],
    ["550 5.7.1 looks like spam", "refused"],
    ["550 5.7.26 no DMARC", "sender-not-proven"],
    ["554 refused", "refused"],
    ["550 No such user here", "no-such-person"],
    ["550 go away", "refused"],
    ["451 4.7.1 greylisted", "busy"],
    ["421 later", "busy"],
    ["5.4.7", "too-long-tried"],
    ["4.4.1", "unreachable"],
    ["550 5.9.9 from 192.0.2.5.1", "unknown"],
    ["", "unknown"],
  ])("%s: %s", (reply, reason) => {
    expect(reasonOf(reply)).toBe(reason);
  });
});

const REPORT = `Reporting-MTA: dns; mail.here.example
Arrival-Date: Mon, 30 Nov 2026 10:00:00 +0000

Original-Recipient: rfc822;Jan@far.example
Final-Recipient: rfc822; jan.jansen@far.example
Action: failed
Status: 5.0.0
Remote-MTA: dns; mx.far.example
Diagnostic-Code: smtp; 552 5.2.2 the mailbox
 is over its quota

Final-Recipient: rfc822; piet@far.example
Action: Delayed (for now)
Status: 4.4.1

Final-Recipient: rfc822; nobody@far.example
Action: whatever
`;

describe("a report", () => {
  it.each(["\n", "\r\n"])("tells of each recipient, whatever its lines end with", (end) => {
    expect(reported(REPORT.replace(/\n/g, end))).toEqual([
      {
        recipient: "Jan@far.example",
        action: "failed",
        reason: "mailbox-full",
        words: "552 5.2.2 the mailbox is over its quota",
        server: "mx.far.example",
      },
      { recipient: "piet@far.example", action: "delayed", reason: "unreachable", words: "", server: "" },
    ]);
  });

  it("that is none tells of nobody", () => {
    expect(reported("dag\n\nBram")).toEqual([]);
    expect(receipt("dag")).toBeNull();
  });

  it("of a reader tells whether he saw it", () => {
    const told = "Final-Recipient: rfc822; jan@far.example\nDisposition: manual-action/MDN-sent-manually; displayed\n";
    expect(receipt(told)).toEqual({ reader: "jan@far.example", original: "", displayed: true });
    expect(receipt(`${told}Original-Message-ID: <x@here.example>\n`)?.original).toBe("x@here.example");
    expect(receipt(told.replace("displayed", "deleted"))?.displayed).toBe(false);
  });
});

describe("what became of a message", () => {
  const one = { id: "s1" as never, sendAt: 0, undoStatus: "final" as const };
  const status = (
    delivered: "queued" | "yes" | "no" | "unknown",
    smtpReply = "",
    displayed: "yes" | "unknown" = "unknown",
  ) => ({
    delivered,
    smtpReply,
    displayed,
  });

  it.each([
    [status("yes", "250 2.0.0 Ok"), "delivered", null],
    [status("unknown", "250 2.0.0 Ok"), "taken", null],
    [status("yes", "250 2.0.0 Ok", "yes"), "displayed", null],
    [status("no", "550 5.1.1 unknown"), "failed", "no-such-person"],
    [status("queued", "451 4.7.1 later"), "delayed", "busy"],
    [status("queued", ""), "sent", null],
    [status("queued", "250 2.0.0 queued"), "sent", null],
    [status("unknown"), "unknown", null],
  ])("%j is %s", (told, state, reason) => {
    const { recipients } = fates([{ ...one, deliveryStatus: new Map([["a@b.example", told]]) }]);
    expect(recipients).toMatchObject([{ recipient: "a@b.example", state, reason }]);
  });

  it("is nothing yet while it is held, and is nothing of what was called back", () => {
    const sendAt = Date.now() + 60_000;
    const told = new Map([["a@b.example", status("queued")]]);
    const held = { ...one, sendAt, undoStatus: "pending" as const, deliveryStatus: told };
    expect(fates([held])).toEqual({ planned: { submissionId: "s1", sendAt }, recipients: [] });
    expect(fates([{ ...held, undoStatus: "canceled" }])).toEqual({ planned: null, recipients: [] });
  });

  it("is asked of the server by the message", async () => {
    const { account, server } = await bench();
    const about = { undoStatus: "final", sendAt: "2026-01-01T00:00:00Z" };
    const said = { "b@there.example": { smtpReply: "250 ok", delivered: "yes", displayed: "unknown" } };
    server.records.submissions.set("s1", { ...about, id: "s1", emailId: "x", deliveryStatus: said });
    server.records.submissions.set("s2", { ...about, id: "s2", emailId: "y", deliveryStatus: {} });
    expect(await fatesOf(account.client, emailId("x"))).toMatchObject({ recipients: [{ state: "delivered" }] });
    expect(await fatesOf(account.client, emailId("z"))).toEqual({ planned: null, recipients: [] });
  });
});
