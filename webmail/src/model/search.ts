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
  | "is"
  | "label";

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
  label: "label",
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

/** What names mean: of a mailbox, and of a label, whose keyword is asked for. */
export interface Names {
  mailbox(name: string): MailboxId | undefined;
  label(name: string): string | undefined;
}

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

function condition(operator: Operator, value: string, names: Names): Term["condition"] {
  switch (operator) {
    case "from":
    case "to":
    case "cc":
    case "subject":
    case "body":
      return value === "" ? null : { [operator]: value };
    case "in": {
      const id = names.mailbox(value);
      return id === undefined ? null : { inMailbox: id };
    }
    case "label": {
      const keyword = names.label(value);
      return keyword === undefined ? null : { hasKeyword: keyword };
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

function term(piece: string, names: Names): Term {
  const colon = piece.indexOf(":");
  const word = piece.slice(0, Math.max(0, colon)).toLowerCase();
  const operator = Object.hasOwn(OPERATORS, word) ? OPERATORS[word] : undefined;
  if (operator === undefined) return { text: piece, kind: "word", condition: { text: unquoted(piece) } };
  const read = condition(operator, unquoted(piece.slice(colon + 1)), names);
  return { text: piece, kind: read === null ? "not-understood" : "operator", condition: read };
}

/** The parts of what was typed. */
export function terms(typed: string, names: Names): readonly Term[] {
  return pieces(typed)
    .filter((piece) => piece !== '""')
    .map((piece) => term(piece, names));
}

/** All parts together; `null` where nothing is left to look for. */
export function filter(of: readonly Term[]): unknown {
  const conditions = of.flatMap(({ condition }) => condition ?? []);
  const [first] = conditions;
  if (first === undefined) return null;
  return conditions.length === 1 ? first : { operator: "AND", conditions };
}

/** An operator with its value, quoted where it must be. */
export function written(operator: string, value: string): string {
  return /[\s"]/.test(value) ? `${operator}:"${value.replace(/"/g, "")}"` : `${operator}:${value}`;
}

/** What stands as chips in the field, and what is still words in it: an operator is a chip once something is behind it. */
export function split(typed: string, names: Names): { readonly chips: readonly Term[]; readonly rest: string } {
  const all = pieces(typed).map((piece) => term(piece, names));
  const open = /\s$/.test(typed) ? undefined : all.at(-1);
  const isWords = (one: Term) => one.kind === "word" || one === open || one.text.endsWith(":");
  const chips = all.filter((one) => !isWords(one));
  const rest = all.filter(isWords).map(({ text }) => text);
  return { chips, rest: rest.join(" ") + (rest.length > 0 && open === undefined ? " " : "") };
}

/** What was typed with a condition, or without it where it has it already. */
export function toggled(typed: string, word: string, names: Names): string {
  const all = terms(typed, names);
  const [wanted] = terms(word, names);
  const same = (one: Term) => JSON.stringify(one.condition) === JSON.stringify(wanted?.condition);
  const left = all.filter((one) => !same(one));
  return [...left.map(({ text }) => text), ...(left.length === all.length ? [word] : [])].join(" ");
}

/** Whether a condition stands in what was typed. */
export function has(typed: string, word: string, names: Names): boolean {
  const [wanted] = terms(word, names);
  return terms(typed, names).some(({ condition }) => JSON.stringify(condition) === JSON.stringify(wanted?.condition));
}

/** What was typed without one of its parts. */
export function without(of: readonly Term[], gone: Term): string {
  return of
    .filter((one) => one !== gone)
    .map(({ text }) => text)
    .join(" ");
}
