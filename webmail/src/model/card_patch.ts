/** What a form changes in a card (RFC 9553), as a patch: only what was changed is written, and of that only what was shown. */
import { attempt, type Fields, fields, list } from "../jmap/decode";
import { called, type Draft, draft, entries, type Line, members, type Postal, type Where, word } from "./card";
import { key } from "./patch";

const NOTHING: Fields = {};

/** The first name of its kind that an object does not have. */
function freshKey(taken: ReadonlySet<string>, letter: string): string {
  for (let number = 1; ; number += 1) {
    const key = `${letter}${number}`;
    if (!taken.has(key)) return key;
  }
}

/** Contexts and features for where a line belongs; those that mean something else stay. */
function placed(entry: Fields, where: Where): Fields {
  const without = (name: string, words: readonly string[]) => {
    const kept = Object.entries(attempt(fields, entry[name]) ?? {}).filter(([word]) => !words.includes(word));
    return Object.fromEntries(kept);
  };
  const contexts: Record<string, unknown> = without("contexts", ["work", "private"]);
  const features: Record<string, unknown> = without("features", ["mobile"]);
  if (where === "work") contexts.work = true;
  if (where === "home") contexts.private = true;
  if (where === "mobile") features.mobile = true;
  const { contexts: _, features: __, ...rest } = entry;
  return {
    ...rest,
    ...(Object.keys(contexts).length > 0 ? { contexts } : {}),
    ...(Object.keys(features).length > 0 ? { features } : {}),
  };
}

/** A map of what is written, with the names that were there; `null` where nothing is left. */
function written<T extends { readonly key: string | null; readonly where: Where }>(
  before: ReadonlyMap<string, Fields>,
  shown: ReadonlyMap<string, T>,
  now: readonly T[],
  letter: string,
  write: (entry: Fields, of: T) => Fields,
): Fields | null {
  const taken = new Set(before.keys());
  const all = now.map((one) => {
    const old = one.key === null ? undefined : before.get(one.key);
    const key = one.key ?? freshKey(taken, letter);
    taken.add(key);
    const was = shown.get(key);
    const entry = write(old ?? NOTHING, one);
    return [key, was !== undefined && was.where === one.where ? entry : placed(entry, one.where)] as const;
  });
  return all.length === 0 ? null : Object.fromEntries(all);
}

function byKey<T extends { readonly key: string | null }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.flatMap((one) => (one.key === null ? [] : [[one.key, one] as const])));
}

function texts(card: Fields, name: string, member: string, shown: readonly Line[], now: readonly Line[]) {
  const kept = now.filter(({ text }) => text.trim() !== "");
  const letter = name.slice(0, 1);
  return written(new Map(entries(card, name)), byKey(shown), kept, letter, (entry, { text }) => ({
    ...entry,
    [member]: text.trim(),
  }));
}

/** Components of other kinds, in their order, with these. */
function withComponents(of: Fields, gone: readonly string[], now: readonly (readonly [string, string])[]) {
  const old = (attempt(list(fields), of.components) ?? []).filter((one) => !gone.includes(word(one, "kind")));
  const fresh = now.flatMap(([kind, value]) => (value.trim() === "" ? [] : [{ kind, value: value.trim() }]));
  return { old, fresh };
}

function name(card: Fields, given: string, surname: string): Fields | null {
  const before = attempt(fields, card.name) ?? {};
  const kinds = ["given", "given2", "surname", "surname2", "separator"];
  const { old, fresh } = withComponents(before, kinds, [
    ["given", given],
    ["surname", surname],
  ]);
  const titles = old.filter((one) => word(one, "kind") === "title");
  const others = old.filter((one) => word(one, "kind") !== "title");
  const components = [...titles, ...fresh, ...others];
  if (components.length === 0) return null;
  // how it was to be sorted and written out was said of another name
  const { sortAs: _, full: __, isOrdered: ___, defaultSeparator: ____, ...rest } = before;
  return { ...rest, components, full: components.map((one) => word(one, "value")).join(" ") };
}

function postal(card: Fields, shown: readonly Postal[], now: readonly Postal[]): Fields | null {
  const kept = now.filter((one) =>
    [one.street, one.postcode, one.locality, one.country].some((part) => part.trim() !== ""),
  );
  const were = byKey(shown);
  return written(new Map(entries(card, "addresses")), were, kept, "a", (entry, one) => {
    const was = one.key === null ? undefined : were.get(one.key);
    if (was !== undefined && parts(was) === parts(one)) return entry;
    const streetStays = was !== undefined && was.street === one.street && entry.components !== undefined;
    const gone = [
      "postcode",
      "locality",
      "country",
      ...(streetStays ? [] : ["name", "number", "apartment", "postOfficeBox"]),
    ];
    const { old, fresh } = withComponents(entry, gone, [
      ["name", streetStays ? "" : one.street],
      ["postcode", one.postcode],
      ["locality", one.locality],
      ["country", one.country],
    ]);
    const { full: _, ...rest } = entry;
    return { ...rest, components: [...old, ...fresh] };
  });
}

function parts(of: Postal): string {
  return [of.street, of.postcode, of.locality, of.country].join("\n");
}

/** The first entry of a map gets another text; without one it goes. */
function single(card: Fields, name: string, member: string, value: string): Fields | null {
  const [head, ...rest] = entries(card, name);
  const others = Object.fromEntries(rest);
  if (value.trim() === "") return rest.length === 0 ? null : others;
  const [key, entry] = head ?? [`${name.slice(0, 1)}1`, NOTHING];
  return { [key]: { ...entry, [member]: value.trim() }, ...others };
}

function birthday(card: Fields, day: string): Fields | null {
  const all = entries(card, "anniversaries");
  const others = all.filter(([, { kind }]) => kind !== "birth");
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (found === null) return others.length === 0 ? null : Object.fromEntries(others);
  const [key, entry] = all.find(([, { kind }]) => kind === "birth") ?? [
    freshKey(new Set(others.map(([taken]) => taken)), "b"),
    { kind: "birth" },
  ];
  const [, year, month, date] = found.map(Number);
  return {
    ...Object.fromEntries(others),
    [key]: { ...entry, date: { "@type": "PartialDate", year, month, day: date } },
  };
}

/** The properties of a card that the form makes other than they were; `null` takes one away. */
export function changes(card: Fields, now: Draft, before: Draft): Fields {
  const all: Record<string, Fields | null> = {};
  const differs = (key: keyof Draft) => JSON.stringify(now[key]) !== JSON.stringify(before[key]);
  if (differs("given") || differs("surname")) all.name = name(card, now.given, now.surname);
  if (differs("organization")) all.organizations = single(card, "organizations", "name", now.organization);
  if (differs("title")) all.titles = single(card, "titles", "name", now.title);
  if (differs("emails")) all.emails = texts(card, "emails", "address", before.emails, now.emails);
  if (differs("phones")) all.phones = texts(card, "phones", "number", before.phones, now.phones);
  if (differs("addresses")) all.addresses = postal(card, before.addresses, now.addresses);
  if (differs("birthday")) all.anniversaries = birthday(card, now.birthday);
  if (differs("note")) all.notes = now.note.trim() === "" ? null : { n1: { note: now.note.trim() } };
  return all;
}

/** A new card: what is empty is left out. */
export function created(now: Draft, blank: Draft): Fields {
  const all = Object.entries(changes({}, now, blank)).filter(([, value]) => value !== null);
  return Object.fromEntries(all);
}

/** The patch of a card by its form. */
export function patched(card: Parameters<typeof draft>[0], now: Draft): Fields {
  return changes(card.fields, now, draft(card));
}

/** The patch of a group by its form: each that comes or goes by itself. */
export function groupPatched(group: Parameters<typeof draft>[0], name: string, uids: readonly string[]): Fields {
  const renamed = called(group) === name ? {} : { name: { full: name } };
  const before = members(group);
  // a patch goes into what is there (RFC 8620, 5.3)
  if (group.fields.members === undefined) return uids.length === 0 ? renamed : { ...renamed, members: all(uids) };
  const came = uids.filter((uid) => !before.includes(uid)).map((uid) => [`members/${key(uid)}`, true] as const);
  const left = before.filter((uid) => !uids.includes(uid)).map((uid) => [`members/${key(uid)}`, null] as const);
  return { ...renamed, ...Object.fromEntries<true | null>([...came, ...left]) };
}

/** A group that is new. */
export function groupCreated(name: string, uids: readonly string[]): Fields {
  return { kind: "group", name: { full: name }, members: all(uids) };
}

function all(uids: readonly string[]): Fields {
  return Object.fromEntries(uids.map((uid) => [uid, true]));
}
