/** What a person types into the search field, as a filter (RFC 8621, 4.4.1): words, operators in Dutch and English, and chips. */
import type { MailboxId } from "../jmap/ids";

/** What an operator asks for; its words in both languages work in either. */
export type Operator =
  | "from"
  | "to"
  | "cc"
  | "subject"
  | "body"
  | "in"
  | "before"
  | "after"
  | "larger"
  | "smaller"
  | "has"
  | "is";

const OPERATORS: Readonly<Record<string, Operator>> = {
  from: "from",
  van: "from",
  to: "to",
  naar: "to",
  aan: "to",
  cc: "cc",
  subject: "subject",
  onderwerp: "subject",
  body: "body",
  tekst: "body",
  in: "in",
  before: "before",
  voor: "before",
  after: "after",
  na: "after",
  larger: "larger",
  groter: "larger",
  smaller: "smaller",
  kleiner: "smaller",
  has: "has",
  heeft: "has",
  bijlage: "has",
  is: "is",
};
const ATTACHMENT = new Set(["attachment", "bijlage", "ja", "yes"]);
const STATES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  unread: { notKeyword: "$seen" },
  ongelezen: { notKeyword: "$seen" },
  read: { hasKeyword: "$seen" },
  gelezen: { hasKeyword: "$seen" },
  flagged: { hasKeyword: "$flagged" },
  starred: { hasKeyword: "$flagged" },
  ster: { hasKeyword: "$flagged" },
  answered: { hasKeyword: "$answered" },
  beantwoord: { hasKeyword: "$answered" },
};
const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** One part of a search: a chip to be shown and taken away, with its text as it was typed. */
export interface Term {
  readonly text: string;
  readonly kind: "word" | "operator" | "not-understood";
  readonly condition: Readonly<Record<string, unknown>> | null;
}

export type FindMailbox = (name: string) => MailboxId | undefined;

/** Splits at spaces; what stands in quotes stays together, also behind an operator: `van:"Jan Jansen"`. */
export function pieces(typed: string): readonly string[] {
  return typed.match(/(?:[^\s"]+:)?"[^"]*"?|[^\s]+/g) ?? [];
}

function unquoted(value: string): string {
  return value.replace(/^"|"$/g, "");
}

/** A date as typed (2026-11-30, 30-11-2026, 30/11/2026), as the beginning of that day here. */
export function day(typed: string): string | null {
  const found = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(typed);
  const other = /^(\d{1,2})[-/](\d{1,2})[-/](\d{4})$/.exec(typed);
  const parts =
    found !== null ? [found[1], found[2], found[3]] : other !== null ? [other[3], other[2], other[1]] : null;
  if (parts === null) return null;
  const [year = 0, month = 0, date = 0] = parts.map(Number);
  const midnight = new Date(year, month - 1, date);
  if (midnight.getMonth() !== month - 1 || midnight.getDate() !== date) return null;
  return midnight.toISOString().replace(".000Z", "Z");
}

function size(typed: string): number | null {
  const found = /^(\d{1,9})([kmg]?)b?$/i.exec(typed);
  return found === null ? null : Number(found[1]) * (UNITS[(found[2] ?? "").toLowerCase()] ?? 1);
}

function condition(operator: Operator, value: string, find: FindMailbox): Term["condition"] {
  switch (operator) {
    case "from":
    case "to":
    case "cc":
    case "subject":
    case "body":
      return value === "" ? null : { [operator]: value };
    case "in": {
      const id = find(value);
      return id === undefined ? null : { inMailbox: id };
    }
    case "before":
    case "after": {
      const at = day(value);
      return at === null ? null : { [operator]: at };
    }
    case "larger":
    case "smaller": {
      const bytes = size(value);
      return bytes === null ? null : { [operator === "larger" ? "minSize" : "maxSize"]: bytes };
    }
    case "has":
      return ATTACHMENT.has(value.toLowerCase()) ? { hasAttachment: true } : null;
    case "is":
      return STATES[value.toLowerCase()] ?? null;
  }
}

function term(piece: string, find: FindMailbox): Term {
  const colon = piece.indexOf(":");
  const word = piece.slice(0, Math.max(0, colon)).toLowerCase();
  const operator = Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
  if (operator === undefined) return { text: piece, kind: "word", condition: { text: unquoted(piece) } };
  const read = condition(operator, unquoted(piece.slice(colon + 1)), find);
  return { text: piece, kind: read === null ? "not-understood" : "operator", condition: read };
}

/** The parts of what was typed. */
export function terms(typed: string, find: FindMailbox): readonly Term[] {
  return pieces(typed)
    .filter((piece) => piece !== '""')
    .map((piece) => term(piece, find));
}

/** All parts together; `null` where nothing is left to look for. */
export function filter(of: readonly Term[]): unknown {
  const conditions = of.flatMap(({ condition }) => condition ?? []);
  const [first] = conditions;
  if (first === undefined) return null;
  return conditions.length === 1 ? first : { operator: "AND", conditions };
}

/** What was typed without one of its parts. */
export function without(of: readonly Term[], gone: Term): string {
  return of
    .filter((one) => one !== gone)
    .map(({ text }) => text)
    .join(" ");
}
