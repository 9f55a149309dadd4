/** An invitation or what became of one (RFC 5546, by mail as RFC 6047 has it): what of it a reader is shown. */
import type { Identity } from "../../jmap/mail";
import { same } from "../addresses";
import { mailAddress } from "../mail_link";
import { type Component, calendar, type Line, lineNamed, textNamed, textOf } from "./lines";
import { type Recurrence, recurrence } from "./recurrence";
import { endOf, lasting, type When, whenAt } from "./when";

/** What is done with the event (RFC 5546, 1.4); without a word for it, it is shown. */
export type Method = "request" | "cancel" | "reply" | "counter" | "publish";
/** What somebody said who is invited (RFC 5545, 3.2.12). */
export type Answer = "accepted" | "tentative" | "declined";

export interface Person {
  readonly name: string;
  readonly email: string;
}

export interface Guest extends Person {
  readonly answer: Answer | null;
  readonly isOptional: boolean;
}

export interface Invitation {
  readonly method: Method;
  readonly summary: string;
  readonly location: string;
  /** `null` where it is said in a way that cannot be read. */
  readonly start: When | null;
  readonly end: When | null;
  readonly recurrence: Recurrence | null;
  /** It is about one time of an event that comes again. */
  readonly isOneOf: boolean;
  readonly isCancelled: boolean;
  readonly organizer: (Person & { readonly sentBy: string | null }) | null;
  readonly guests: readonly Guest[];
  /** Events in the file beside this one. */
  readonly more: number;
  /** What an answer repeats. */
  readonly event: Component;
  readonly zones: readonly Component[];
}

/** Those who are invited and looked at. */
const MOST_GUESTS = 1_000;
const LONGEST_TEXT = 2_000;
const METHODS: ReadonlyMap<string, Method> = new Map([
  ["", "publish"],
  ["PUBLISH", "publish"],
  ["REQUEST", "request"],
  ["ADD", "publish"],
  ["CANCEL", "cancel"],
  ["REPLY", "reply"],
  ["COUNTER", "counter"],
]);
const ANSWERS: ReadonlyMap<string, Answer> = new Map([
  ["ACCEPTED", "accepted"],
  ["TENTATIVE", "tentative"],
  ["DECLINED", "declined"],
]);

/** What stands in a header, where there is one line only. */
const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

function person({ value, parameters }: Line): Person | null {
  // a name that is not written as one is the address again
  const email = mailAddress(value) ?? mailAddress(`mailto:${parameters.get("EMAIL") ?? ""}`);
  return email === null ? null : { name: oneLine(textOf(parameters.get("CN") ?? "")).slice(0, 200), email };
}

function guest(line: Line): readonly Guest[] {
  const found = person(line);
  // rooms and things do not come (RFC 5545, 3.2.3)
  if (found === null || /^(?:ROOM|RESOURCE)$/i.test(line.parameters.get("CUTYPE") ?? "")) return [];
  const answer = ANSWERS.get((line.parameters.get("PARTSTAT") ?? "").toUpperCase()) ?? null;
  return [{ ...found, answer, isOptional: /^(?:OPT|NON)-PARTICIPANT$/i.test(line.parameters.get("ROLE") ?? "") }];
}

function organizer(line: Line | undefined): Invitation["organizer"] {
  const found = line === undefined ? null : person(line);
  return found === null ? null : { ...found, sentBy: mailAddress(line?.parameters.get("SENT-BY") ?? "") };
}

/** What comes again: by a rule, or at times that are listed one by one. */
function repeated(event: Component, start: When | null): Recurrence | null {
  const rules = event.lines.filter(({ name }) => name === "RRULE");
  const [rule] = rules;
  if (event.lines.some(({ name }) => name === "RDATE") || rules.length > 1) return { kind: "other" };
  return rule === undefined ? null : recurrence(rule.value, start);
}

/** Reads a calendar file; `null` where there is no event in it that is shown. */
export function invitation(text: string): Invitation | null {
  const file = calendar(text);
  if (file === null) return null;
  const method = METHODS.get((lineNamed(file, "METHOD")?.value ?? "").trim().toUpperCase());
  const events = file.inside.filter(({ name }) => name === "VEVENT");
  // the whole of an event that comes again stands before what is another at one of its times
  const event = events.find((one) => lineNamed(one, "RECURRENCE-ID") === undefined) ?? events[0];
  if (method === undefined || event === undefined) return null;
  const start = whenAt(lineNamed(event, "DTSTART"));
  const duration = lineNamed(event, "DURATION");
  const said = whenAt(lineNamed(event, "DTEND"));
  const ends = start === null ? null : duration === undefined ? said : lasting(start, duration.value);
  const uids = new Set(events.map((one) => lineNamed(one, "UID")?.value));
  return {
    method,
    summary: oneLine(textNamed(event, "SUMMARY")).slice(0, LONGEST_TEXT),
    location: textNamed(event, "LOCATION").slice(0, LONGEST_TEXT),
    start,
    end: start === null ? null : endOf(start, ends),
    recurrence: repeated(event, start),
    isOneOf: lineNamed(event, "RECURRENCE-ID") !== undefined,
    isCancelled: method === "cancel" || /^\s*CANCELLED\s*$/i.test(lineNamed(event, "STATUS")?.value ?? ""),
    organizer: organizer(lineNamed(event, "ORGANIZER")),
    guests: event.lines
      .filter(({ name }) => name === "ATTENDEE")
      .slice(0, MOST_GUESTS)
      .flatMap(guest),
    more: uids.size - 1,
    event,
    zones: file.inside.filter(({ name }) => name === "VTIMEZONE"),
  };
}

/** As whom the reader is invited. */
export function invitedAs({ guests }: Invitation, own: readonly Identity[]): Identity | null {
  return own.find(({ email }) => guests.some((one) => same(one.email, email))) ?? null;
}

/** Who speaks in a message of this method: who invites, or who answers. */
function speakers({ method, organizer: host, guests }: Invitation): readonly string[] {
  if (method === "reply" || method === "counter") return guests.map(({ email }) => email);
  return host === null ? [] : [host.email, ...(host.sentBy === null ? [] : [host.sentBy])];
}

/** Who the invitation says it is from, where the message came from somebody else. */
export function saidToBeFrom(of: Invitation, from: string | null): string | null {
  const all = speakers(of);
  const [first] = all;
  return first === undefined || (from !== null && all.some((one) => same(one, from))) ? null : first;
}
