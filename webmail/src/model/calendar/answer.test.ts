import { describe, expect, it } from "vitest";
import { bench, mailboxId } from "../../../test/bench";
import { Failure } from "../../jmap/problem";
import { type Answering, folded, reply, sendAnswer } from "./answer";
import { invitation } from "./invitation";

const NOW = Date.parse("2026-12-01T09:30:05Z");
const REQUEST = [
  "BEGIN:VCALENDAR",
  "METHOD:REQUEST",
  "BEGIN:VTIMEZONE",
  "TZID:Europe/Amsterdam",
  "BEGIN:STANDARD",
  "TZOFFSETTO:+0100",
  "END:STANDARD",
  "END:VTIMEZONE",
  "BEGIN:VEVENT",
  "UID:u1@there.example",
  "SEQUENCE:2",
  "SUMMARY:Overleg\\, kort",
  "DTSTART;TZID=Europe/Amsterdam:20261207T140000",
  "ORGANIZER;CN=Bram:mailto:bram@there.example",
  "ATTENDEE:MAILTO:ANNA@here.example",
  "END:VEVENT",
  "END:VCALENDAR",
].join("\n");

function read(text = REQUEST) {
  const of = invitation(text);
  if (of === null) throw new Error("it is one");
  return of;
}

async function place() {
  const there = await bench((server) => void server.deliver({ id: "a", messageId: "invited@there.example" }));
  const message = await there.account.messages.of("a" as never);
  const [by] = there.account.identities.value;
  if (by === undefined) throw new Error("an identity");
  const of: Answering = {
    by,
    answer: "tentative",
    subject: "Misschien: Overleg",
    words: "Anna komt misschien.",
    drafts: mailboxId("drafts"),
    sent: mailboxId("sent"),
  };
  return { ...there, message, by, of };
}

describe("an answer", () => {
  it("repeats what identifies the event, and says who and what", async () => {
    const { by } = await place();
    expect(reply(read(), { ...by, name: 'Anna "de" Vries' }, "accepted", NOW).split("\r\n")).toEqual([
      "BEGIN:VCALENDAR",
      "PRODID:-//Glaspost//Webmail//NL",
      "VERSION:2.0",
      "METHOD:REPLY",
      "BEGIN:VEVENT",
      "UID:u1@there.example",
      "SEQUENCE:2",
      "ORGANIZER;CN=Bram:mailto:bram@there.example",
      "DTSTAMP:20261201T093005Z",
      "ATTENDEE;PARTSTAT=ACCEPTED;CN=\"Anna ^'de^' Vries\":MAILTO:ANNA@here.example",
      "SUMMARY:Overleg\\, kort",
      "REQUEST-STATUS:2.0;Success",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ]);
  });

  it("to one time of an event names it, with the zone that it names", async () => {
    const { by } = await place();
    const one = REQUEST.replace("SEQUENCE:2", "RECURRENCE-ID;TZID=Europe/Amsterdam:20261207T140000");
    const lines = reply(read(one), by, "declined", NOW).split("\r\n");
    expect(lines).toContain("RECURRENCE-ID;TZID=Europe/Amsterdam:20261207T140000");
    expect(lines.slice(4, 10)).toEqual([
      "BEGIN:VTIMEZONE",
      "TZID:Europe/Amsterdam",
      "BEGIN:STANDARD",
      "TZOFFSETTO:+0100",
      "END:STANDARD",
      "END:VTIMEZONE",
    ]);
  });

  it("has lines that are not too long, and cuts no letter", () => {
    const long = `SUMMARY:${"é€😀".repeat(200)}`;
    const told = folded(long);
    for (const line of told.split("\r\n")) expect(new TextEncoder().encode(line).length).toBeLessThanOrEqual(75);
    expect(told.replaceAll("\r\n ", "")).toBe(long);
  });

  it("goes to who organises it, and is among what was sent", async () => {
    const { server, account, message, of } = await place();
    await sendAnswer(account.client, read(), message, of);
    const [set, submission] = server.calls.slice(-2);
    expect(submission).toMatchObject({ name: "EmailSubmission/set", args: { create: { send: { identityId: "i1" } } } });
    const { answer } = (set?.args.create ?? {}) as { answer: Record<string, unknown> };
    expect(answer).toMatchObject({
      to: [{ name: "Bram", email: "bram@there.example" }],
      from: [{ name: "Anna de Vries", email: "anna@here.example" }],
      inReplyTo: ["invited@there.example"],
      bodyStructure: {
        type: "multipart/alternative",
        subParts: [{ type: "text/plain" }, { "header:Content-Type": " text/calendar; method=REPLY; charset=utf-8" }],
      },
    });
    const gone = [...server.records.emails.values()].find(({ subject }) => subject === "Misschien: Overleg");
    expect(gone).toMatchObject({ mailboxIds: { sent: true }, keywords: { $seen: true } });
    expect(gone?.keywords).not.toHaveProperty("$draft");
  });

  it("that is refused leaves no draft behind", async () => {
    const { server, account, message, of } = await place();
    server.refuse.set("EmailSubmission/set", "forbidden");
    await expect(sendAnswer(account.client, read(), message, of)).rejects.toThrow(Failure);
    expect([...server.records.emails.keys()]).toEqual(["a"]);
  });
});
