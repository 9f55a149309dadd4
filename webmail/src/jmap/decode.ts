/** Checks what the server sent, once, at the edge. The only file that may say `as`. */

import type { Id, State } from "./ids";
import { Failure } from "./problem";

/** Reads a value of JSON; `where` is its path, for the problem that says what was wrong. */
export type Decoder<T> = (value: unknown, where: string) => T;
/** What a decoder gives. */
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

function wrong(where: string): never {
  throw new Failure({ kind: "malformed", where });
}

export const text: Decoder<string> = (value, where) => (typeof value === "string" ? value : wrong(where));
export const flag: Decoder<boolean> = (value, where) => (typeof value === "boolean" ? value : wrong(where));
/** An `UnsignedInt` (RFC 8620, 1.3). */
export const count: Decoder<number> = (value, where) =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : wrong(where);
/** A `UTCDate` or `Date` (RFC 8620, 1.4), in milliseconds since 1970. */
export const date: Decoder<number> = (value, where) => {
  const time = typeof value === "string" ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? wrong(where) : time;
};
/** The bytes of a file, as the browser keeps them. */
export const blob: Decoder<Blob> = (value, where) => (value instanceof Blob ? value : wrong(where));
export const anything: Decoder<unknown> = (value) => value;

export function id<Of extends string>(): Decoder<Id<Of>> {
  return (value, where) => (typeof value === "string" && value !== "" ? (value as Id<Of>) : wrong(where));
}
export const state: Decoder<State> = (value, where) => text(value, where) as State;

export function list<T>(of: Decoder<T>): Decoder<readonly T[]> {
  return (value, where) =>
    Array.isArray(value) ? value.map((item, index) => of(item, `${where}/${index}`)) : wrong(where);
}

export function nullable<T>(of: Decoder<T>): Decoder<T | null> {
  return (value, where) => (value === null ? null : of(value, where));
}

/** A property that may be absent; `otherwise` is what it then is. */
export function absent<T, E>(of: Decoder<T>, otherwise: E): Decoder<T | E> {
  return (value, where) => (value === undefined ? otherwise : of(value, where));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object as it was sent: for records that must keep what this client does not know. */
export type Fields = Readonly<Record<string, unknown>>;
export const fields: Decoder<Fields> = (value, where) => (isObject(value) ? value : wrong(where));

/** A map from strings, as a `Map`: names such as `__proto__` stay names. */
export function map<T, K extends string = string>(of: Decoder<T>): Decoder<ReadonlyMap<K, T>> {
  return (value, where) => {
    if (!isObject(value)) return wrong(where);
    return new Map(Object.entries(value).map(([key, item]) => [key as K, of(item, `${where}/${key}`)]));
  };
}

/** The keys of a map of `true`, as JMAP writes sets: `mailboxIds`, `keywords`. */
export function keys<K extends string = string>(): Decoder<ReadonlySet<K>> {
  return (value, where) => {
    if (!isObject(value)) return wrong(where);
    return new Set(Object.entries(value).flatMap(([key, on]) => (on === true ? [key as K] : [])));
  };
}

type Decoders = Record<string, Decoder<unknown>>;
type ObjectOf<F extends Decoders> = { readonly [K in keyof F]: Decoded<F[K]> };

/** An object with these properties; others are passed over, as a server may know more (RFC 8620, 1.7). */
export function object<F extends Decoders>(of: F): Decoder<ObjectOf<F>> {
  const entries = Object.entries(of);
  return (value, where) => {
    if (!isObject(value)) return wrong(where);
    const decoded = entries.map(([name, decode]) => [name, decode(own(value, name), `${where}/${name}`)]);
    return Object.fromEntries(decoded) as ObjectOf<F>;
  };
}

function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** One of these words. */
export function oneOf<const W extends string>(...words: readonly W[]): Decoder<W> {
  return (value, where) => words.find((word) => word === value) ?? wrong(where);
}

/** A list of exactly three: a method's answer (RFC 8620, 3.2). */
export const answer: Decoder<readonly [string, unknown, string]> = (value, where) => {
  if (!Array.isArray(value) || value.length !== 3) return wrong(where);
  return [text(value[0], `${where}/0`), value[1], text(value[2], `${where}/2`)];
};

/** Reads what was kept as text, here or by the server; `null` where it is no JSON. */
export function json(source: string): unknown {
  try {
    return JSON.parse(source) as unknown;
  } catch {
    return null;
  }
}

/** Decodes, or says that it cannot: for what an earlier version of this program kept. */
export function attempt<T>(of: Decoder<T>, value: unknown): T | null {
  try {
    return of(value, "");
  } catch (thrown) {
    if (thrown instanceof Failure) return null;
    throw thrown;
  }
}
