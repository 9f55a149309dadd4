/** A person's card as it is shown and written: lines of a form out of JSContact (RFC 9553), and back without loss. */
import type { Card } from "../jmap/contacts";
import { attempt, type Fields, fields, list, map, text } from "../jmap/decode";

/** Where a line belongs. */
export type Where = "mobile" | "home" | "work" | "other";

/** One address or number. */
export interface Line {
  /** Its name in the card; `null` for a new one. */
  readonly key: string | null;
  readonly text: string;
  readonly where: Where;
}

/** A postal address. */
export interface Postal {
  readonly key: string | null;
  readonly street: string;
  readonly postcode: string;
  readonly locality: string;
  readonly country: string;
  readonly where: Where;
}

/** What the form has. */
export interface Draft {
  readonly given: string;
  readonly surname: string;
  readonly organization: string;
  readonly title: string;
  readonly emails: readonly Line[];
  readonly phones: readonly Line[];
  readonly addresses: readonly Postal[];
  /** `2026-11-30`; empty where the card has none, or one that is no whole day. */
  readonly birthday: string;
  readonly note: string;
}

export const BLANK: Draft = {
  given: "",
  surname: "",
  organization: "",
  title: "",
  emails: [],
  phones: [],
  addresses: [],
  birthday: "",
  note: "",
};

export type Entries = readonly (readonly [string, Fields])[];

/** The entries of a map of objects; what is none is passed over. */
export function entries(card: Fields, name: string): Entries {
  const found = attempt(fields, card[name]) ?? {};
  return Object.entries(found).flatMap(([key, value]): Entries => {
    const entry = attempt(fields, value);
    return entry === null ? [] : [[key, entry]];
  });
}

export function word(entry: Fields, member: string): string {
  return attempt(text, entry[member]) ?? "";
}

interface Component {
  readonly kind: string;
  readonly value: string;
}

function components(of: Fields): readonly Component[] {
  const found = attempt(list(fields), of.components) ?? [];
  return found.map((one) => ({ kind: word(one, "kind"), value: word(one, "value") }));
}

function joined(all: readonly Component[], ...kinds: readonly string[]): string {
  const values = kinds.flatMap((kind) => all.filter((one) => one.kind === kind).map(({ value }) => value));
  return values.filter((value) => value !== "").join(" ");
}

function nameOf(card: Fields): Fields {
  return attempt(fields, card.name) ?? {};
}

const NAME_ORDER = ["title", "given", "given2", "surname", "surname2", "generation", "credential"];

/** What a person is called; empty where the card says nothing. */
export function fullName(card: Fields): string {
  const name = nameOf(card);
  const full = word(name, "full");
  if (full.trim() !== "") return full;
  const parts = components(name);
  const ordered = name.isOrdered === true ? parts.filter(({ kind }) => kind !== "separator") : null;
  return ordered === null ? joined(parts, ...NAME_ORDER) : ordered.map(({ value }) => value).join(" ");
}

function first(card: Fields, name: string, member: string): string {
  for (const [, entry] of entries(card, name)) {
    const found = word(entry, member);
    if (found !== "") return found;
  }
  return "";
}

/** What stands for the card in a list; empty where there is nothing. */
export function called({ fields: card }: Card): string {
  const names = [
    () => fullName(card),
    () => first(card, "nicknames", "name"),
    () => first(card, "organizations", "name"),
    () => first(card, "emails", "address"),
    () => first(card, "phones", "number"),
  ];
  for (const name of names) {
    const found = name().trim();
    if (found !== "") return found;
  }
  return "";
}

/** All addresses of mail, the preferred first (RFC 9553, 1.5.3). */
export function mailAddresses({ fields: card }: Card): readonly string[] {
  const rank = (entry: Fields) => (typeof entry.pref === "number" ? entry.pref : 101);
  const sorted = [...entries(card, "emails")].sort(([, a], [, b]) => rank(a) - rank(b));
  return sorted.map(([, entry]) => word(entry, "address")).filter((address) => address !== "");
}

export function isGroup({ fields: card }: Card): boolean {
  return card.kind === "group";
}

/** The `uid`s of those who belong to a group. */
export function members({ fields: card }: Card): readonly string[] {
  const found =
    attempt(
      map((value) => value === true),
      card.members,
    ) ?? new Map<string, boolean>();
  return [...found].flatMap(([uid, on]) => (on ? [uid] : []));
}

function where(entry: Fields): Where {
  const contexts = attempt(fields, entry.contexts) ?? {};
  const features = attempt(fields, entry.features) ?? {};
  if (features.mobile === true) return "mobile";
  if (contexts.work === true) return "work";
  return contexts.private === true ? "home" : "other";
}

function lines(card: Fields, name: string, member: string): readonly Line[] {
  return entries(card, name).map(([key, entry]) => ({ key, text: word(entry, member), where: where(entry) }));
}

function street(entry: Fields): string {
  const all = components(entry);
  const found = joined(all, "name", "number", "apartment", "postOfficeBox");
  return found === "" && all.length === 0 ? word(entry, "full") : found;
}

function postal([key, entry]: Entries[number]): Postal {
  const all = components(entry);
  return {
    key,
    street: street(entry),
    postcode: joined(all, "postcode"),
    locality: joined(all, "locality"),
    country: joined(all, "country"),
    where: where(entry),
  };
}

/** Day, month and year of the birthday, as far as they are known. */
export interface Birthday {
  readonly year: number | null;
  readonly month: number | null;
  readonly day: number | null;
}

/** RFC 9553, 2.8.1: a PartialDate, or a Timestamp. */
export function birthday(card: Fields): Birthday | null {
  const found = entries(card, "anniversaries").find(([, { kind }]) => kind === "birth");
  const date = attempt(fields, found?.[1].date);
  if (date === null) return null;
  const utc = /^(\d{4})-(\d{2})-(\d{2})T/.exec(word(date, "utc"));
  if (utc !== null) return { year: Number(utc[1]), month: Number(utc[2]), day: Number(utc[3]) };
  const number = (name: string) => {
    const value = date[name];
    return typeof value === "number" && Number.isSafeInteger(value) ? value : null;
  };
  return { year: number("year"), month: number("month"), day: number("day") };
}

function wholeDay(of: Birthday | null): string {
  if (of === null || of.year === null || of.month === null || of.day === null) return "";
  const two = (number: number) => String(number).padStart(2, "0");
  return `${String(of.year).padStart(4, "0")}-${two(of.month)}-${two(of.day)}`;
}

/** The form of a card. */
export function draft({ fields: card }: Card): Draft {
  const name = nameOf(card);
  const parts = components(name);
  return {
    // a name that is one text is a name to be written on
    given: parts.length === 0 ? word(name, "full") : joined(parts, "given", "given2"),
    surname: joined(parts, "surname", "surname2"),
    organization: first(card, "organizations", "name"),
    title: first(card, "titles", "name"),
    emails: lines(card, "emails", "address"),
    phones: lines(card, "phones", "number"),
    addresses: entries(card, "addresses").map(postal),
    birthday: wholeDay(birthday(card)),
    note: entries(card, "notes")
      .map(([, entry]) => word(entry, "note"))
      .join("\n\n"),
  };
}
