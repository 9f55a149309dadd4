/** The standard methods (RFC 8620, 5), for any type of record. */
import type { Call } from "./batch";
import { absent, anything, count, type Decoder, flag, id, list, map, nullable, object, state, text } from "./decode";
import type { AccountId, Id, State } from "./ids";
import { Failure, type Problem } from "./problem";

/** A type of record: its name, the capability it belongs to, the properties that are asked for, and how they are read. */
export interface RecordType<Of extends string, T> {
  readonly name: Of;
  readonly using: string;
  readonly properties: readonly string[];
  readonly decode: Decoder<T>;
}

/** Ids that are known, or the result of an earlier call. */
export type Ids<Of extends string> = readonly Id<Of>[] | null | { readonly from: Readonly<Record<string, string>> };

function idsArgument(ids: Ids<string>, name = "ids"): Record<string, unknown> {
  return ids !== null && "from" in ids ? { [`#${name}`]: ids.from } : { [name]: ids };
}

export interface Got<Of extends string, T> {
  readonly state: State;
  readonly list: readonly T[];
  readonly notFound: readonly Id<Of>[];
}

/** `/get` (RFC 8620, 5.1). */
export function get<Of extends string, T>(
  type: RecordType<Of, T>,
  accountId: AccountId,
  ids: Ids<Of>,
  more: Readonly<Record<string, unknown>> = {},
): Call<Got<Of, T>> {
  return {
    method: `${type.name}/get`,
    using: type.using,
    arguments: { accountId, ...idsArgument(ids), properties: type.properties, ...more },
    decode: object({ state, list: list(type.decode), notFound: absent(list(id<Of>()), []) }),
  };
}

export interface Changes<Of extends string> {
  readonly newState: State;
  readonly hasMoreChanges: boolean;
  readonly created: readonly Id<Of>[];
  readonly updated: readonly Id<Of>[];
  readonly destroyed: readonly Id<Of>[];
}

/** `/changes` (RFC 8620, 5.2). */
export function changes<Of extends string>(
  type: { readonly name: Of; readonly using: string },
  accountId: AccountId,
  sinceState: State,
  maxChanges: number,
): Call<Changes<Of>> {
  const ids = list(id<Of>());
  return {
    method: `${type.name}/changes`,
    using: type.using,
    arguments: { accountId, sinceState, maxChanges },
    decode: object({ newState: state, hasMoreChanges: flag, created: ids, updated: ids, destroyed: ids }),
  };
}

/** What is asked of a `/query`: which records, in which order. */
export interface Question {
  readonly filter: unknown;
  readonly sort: readonly Readonly<Record<string, unknown>>[];
  readonly collapseThreads?: boolean;
}

export interface Found<Of extends string> {
  readonly queryState: State;
  readonly canCalculateChanges: boolean;
  readonly position: number;
  readonly ids: readonly Id<Of>[];
  readonly total: number;
}

/** `/query`, a window of it, with the number of all (RFC 8620, 5.5). */
export function query<Of extends string>(
  type: { readonly name: Of; readonly using: string },
  accountId: AccountId,
  question: Question,
  window: { readonly position: number; readonly limit: number },
): Call<Found<Of>> {
  return {
    method: `${type.name}/query`,
    using: type.using,
    arguments: { accountId, ...question, ...window, calculateTotal: true },
    decode: object({
      queryState: state,
      canCalculateChanges: flag,
      position: count,
      ids: list(id<Of>()),
      total: count,
    }),
  };
}

export interface FoundChanges<Of extends string> {
  readonly newQueryState: State;
  readonly total: number;
  readonly removed: readonly Id<Of>[];
  readonly added: readonly { readonly id: Id<Of>; readonly index: number }[];
}

/** `/queryChanges` of the part that ends with `upToId` (RFC 8620, 5.6). */
export function queryChanges<Of extends string>(
  type: { readonly name: Of; readonly using: string },
  accountId: AccountId,
  question: Question,
  since: { readonly sinceQueryState: State; readonly upToId: Id<Of> | null; readonly maxChanges: number },
): Call<FoundChanges<Of>> {
  return {
    method: `${type.name}/queryChanges`,
    using: type.using,
    arguments: { accountId, ...question, ...since, calculateTotal: true },
    decode: object({
      newQueryState: state,
      total: count,
      removed: list(id<Of>()),
      added: list(object({ id: id<Of>(), index: count })),
    }),
  };
}

/** What a `/set` is to do. */
export interface Orders<Of extends string> {
  readonly create?: Readonly<Record<string, unknown>>;
  readonly update?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly destroy?: readonly Id<Of>[];
  readonly ifInState?: State;
}

export interface Done<Of extends string> {
  readonly newState: State;
  readonly created: ReadonlyMap<string, Created<Of>>;
  readonly updated: ReadonlySet<string>;
  readonly destroyed: ReadonlySet<string>;
  /** By creation id or id: what was refused, and why. */
  readonly refused: ReadonlyMap<string, Problem>;
}

/** What the server says about a new record: its id, and what it decided itself. */
export interface Created<Of extends string> {
  readonly id: Id<Of>;
}

const setError = object({ type: text, description: anything, properties: absent(nullable(list(text)), null) });

function refusedRecord(value: unknown, where: string): Problem {
  const told = setError(value, where);
  const detail = typeof told.description === "string" ? told.description : "";
  return { kind: "refused-record", type: told.type, detail, properties: told.properties ?? [] };
}

/** By creation id or id: what of a `/set` was refused, and why. */
export const refusals = absent(nullable(map(refusedRecord)), null);

/** `/set` (RFC 8620, 5.3); `more` are arguments of its own that a type has. */
export function set<Of extends string>(
  type: { readonly name: Of; readonly using: string },
  accountId: AccountId,
  orders: Orders<Of>,
  more: Readonly<Record<string, unknown>> = {},
): Call<Done<Of>> {
  const shape = object({
    newState: state,
    created: absent(nullable(map(object({ id: id<Of>() }))), null),
    updated: absent(nullable(map(anything)), null),
    destroyed: absent(nullable(list(text)), null),
    notCreated: refusals,
    notUpdated: refusals,
    notDestroyed: refusals,
  });
  return {
    method: `${type.name}/set`,
    using: type.using,
    arguments: { accountId, ...orders, ...more },
    decode: (value, where) => {
      const told = shape(value, where);
      return {
        newState: told.newState,
        created: told.created ?? new Map(),
        updated: new Set(told.updated?.keys()),
        destroyed: new Set(told.destroyed),
        refused: new Map([...(told.notCreated ?? []), ...(told.notUpdated ?? []), ...(told.notDestroyed ?? [])]),
      };
    },
  };
}

/** Fails where the server refused this one. */
export function refusedIn(done: Done<string>, key: string): void {
  const refused = done.refused.get(key);
  if (refused !== undefined) throw new Failure(refused);
}

/** The id of what was created under this key; fails where it was not. */
export function createdIn<Of extends string>(done: Done<Of>, key: string): Id<Of> {
  refusedIn(done, key);
  const made = done.created.get(key);
  if (made === undefined) throw new Failure({ kind: "malformed", where: `created/${key}` });
  return made.id;
}
