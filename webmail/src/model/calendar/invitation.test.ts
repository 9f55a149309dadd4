import { describe, expect, it } from "vitest";
import { invitation, invitedAs, saidToBeFrom } from "./invitation";

const OWN = {
  id: "i1" as never,
  name: "Anna",
  email: "anna@here.example",
  replyTo: null,
  bcc: null,
  textSignature: "",
  htmlSignature: "",
  mayDelete: false,
};

function file(method: string, ...lines: string[]): string {
  return [
    "BEGIN:VCALENDAR",
    `METHOD:${method}`,
    "BEGIN:VEVENT",
    "UID:u1",
    ...lines,
    "END:VEVENT",
    "END:VCALENDAR",
  ].join("\r\n");
}

const REQUEST = file(
  "REQUEST",
  "SUMMARY:Overleg",
  "LOCATION:Zaal 2\\, boven",
  "DTSTART;TZID=W. Europe Standard Time:20261207T140000",
  "DTEND;TZID=W. Europe Standard Time:20261207T150000",
  'ORGANIZER;CN="Bram, van hiernaast":mailto:bram@there.example',
  "ATTENDEE;CN=Anna;PARTSTAT=NEEDS-ACTION;ROLE=OPT-PARTICIPANT:MAILTO:Anna@here.example",
  "ATTENDEE;PARTSTAT=ACCEPTED:mailto:cor@there.example",
  "ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED:mailto:zaal2@there.example",
);

describe("an invitation", () => {
  it("says what, when, where and who", () => {
    const read = invitation(REQUEST);
    expect(read).toMatchObject({
      method: "request",
      summary: "Overleg",
      location: "Zaal 2, boven",
      start: { kind: "moment", time: Date.parse("2026-12-07T13:00Z"), zone: "Europe/Berlin" },
      end: { time: Date.parse("2026-12-07T14:00Z") },
      organizer: { name: "Bram, van hiernaast", email: "bram@there.example", sentBy: null },
      guests: [
        { name: "Anna", email: "Anna@here.example", answer: null, isOptional: true },
        { name: "", email: "cor@there.example", answer: "accepted", isOptional: false },
      ],
      recurrence: null,
      isOneOf: false,
      isCancelled: false,
      more: 0,
    });
    expect(read !== null && invitedAs(read, [OWN])).toBe(OWN);
    expect(read !== null && invitedAs(read, [{ ...OWN, email: "dirk@here.example" }])).toBeNull();
  });

  it.each([
    ["CANCEL", "cancel", true],
    ["REPLY", "reply", false],
    ["COUNTER", "counter", false],
    ["publish", "publish", false],
    ["ADD", "publish", false],
  ])("of the method %s", (method, read, isCancelled) => {
    expect(invitation(file(method, "DTSTART:20261207"))).toMatchObject({ method: read, isCancelled });
  });

  it.each([
    "",
    "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR",
    file("REFRESH", "DTSTART:20261207"),
    file("X-EVIL"),
    REQUEST.replaceAll("VEVENT", "VTODO"),
  ])("is nothing that is shown: %.40j", (text) => {
    expect(invitation(text)).toBeNull();
  });

  it("is of one time, of an event that comes again, or of several", () => {
    expect(invitation(file("REQUEST", "DTSTART:20261207", "RRULE:FREQ=DAILY"))?.recurrence).toMatchObject({
      unit: "day",
    });
    expect(invitation(file("REQUEST", "DTSTART:20261207", "RDATE:20261209"))?.recurrence).toEqual({ kind: "other" });
    expect(invitation(file("REQUEST", "RECURRENCE-ID:20261207"))?.isOneOf).toBe(true);
    const moved = ["END:VEVENT", "BEGIN:VEVENT", "UID:u1", "SUMMARY:Heel", "END:VEVENT", "BEGIN:VEVENT", "UID:u2"];
    const several = invitation(file("PUBLISH", "RECURRENCE-ID:20261207", ...moved));
    expect(several).toMatchObject({ summary: "Heel", isOneOf: false, more: 1 });
  });

  it("without a time that can be read says so, and ends when it begins", () => {
    expect(invitation(file("REQUEST", "DTSTART:soon", "DTEND:20261207"))).toMatchObject({ start: null, end: null });
    const late = invitation(file("REQUEST", "DTSTART:20261207T140000Z", "DTEND:20261206T140000Z"));
    expect(late?.end).toEqual(late?.start);
    const lasts = invitation(file("REQUEST", "DTSTART:20261207T140000Z", "DURATION:PT45M"));
    expect(lasts?.end).toMatchObject({ time: Date.parse("2026-12-07T14:45Z") });
  });

  it("that says another sender than its message has is told so", () => {
    const read = invitation(REQUEST);
    if (read === null) throw new Error("it is one");
    expect(saidToBeFrom(read, "Bram@there.example")).toBeNull();
    expect(saidToBeFrom(read, "evil@elsewhere.example")).toBe("bram@there.example");
    expect(saidToBeFrom(read, null)).toBe("bram@there.example");
    const secretary = REQUEST.replace("ORGANIZER;", 'ORGANIZER;SENT-BY="mailto:secretary@there.example";');
    const sent = invitation(secretary);
    expect(sent !== null && saidToBeFrom(sent, "secretary@there.example")).toBeNull();
    const answer = invitation(
      file("REPLY", "ORGANIZER:mailto:anna@here.example", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:cor@x.example"),
    );
    expect(answer !== null && saidToBeFrom(answer, "cor@x.example")).toBeNull();
    expect(answer !== null && saidToBeFrom(answer, "evil@x.example")).toBe("cor@x.example");
  });

  it("has no more guests than anybody reads, and no names that deceive", () => {
    const many = Array.from({ length: 5_000 }, (_, at) => `ATTENDEE:mailto:a${at}@x.example`);
    expect(invitation(file("REQUEST", ...many))?.guests.length).toBe(1_000);
    const turned = invitation(file("REQUEST", "ATTENDEE;CN=\u202Eanna\u0007:mailto:x@y.example"));
    expect(turned?.guests[0]?.name).toBe("anna");
  });
});
