/** How much of what was read stays in the browser. */
import { attempt, count, object } from "../jmap/decode";
import type { Change, Database } from "./replica_database";

/** Messages and documents, characters of all of them, and how long after they were read last. */
export const MOST_PIECES = 2000;
export const MOST_LETTERS = 64 * 1024 * 1024;
export const LONGEST = 30 * 24 * 3_600_000;
/** A document of a message that is longer, in octets, is not kept. */
export const LONGEST_PAGE = 2 * 1024 * 1024;
/** Pictures in messages and files that were looked at: octets of all of them, and of the longest. */
export const MOST_OCTETS = 64 * 1024 * 1024;
export const LONGEST_FILE = 8 * 1024 * 1024;

/** What is weighed; records of these kinds have their weight among the `sizes`. */
const WEIGHED = ["messages", "pages", "files"] as const;
type Weighed = (typeof WEIGHED)[number];

export interface Weight {
  readonly at: number;
  readonly size: number;
}
export const weight = object({ at: count, size: count });

/** A record that comes, with its weight. */
export function weighed(kind: Weighed, key: string, value: unknown, weight: Weight): readonly Change[] {
  return [
    { kind, key, value },
    { kind: "sizes", key: `${kind}/${key}`, value: weight },
  ];
}

/** All records that go whose keys begin so, with their weights. */
export function unweighed(kind: Weighed, under: string): readonly Change[] {
  return [
    { kind, under },
    { kind: "sizes", under: `${kind}/${under}` },
  ];
}

/** What goes: what was read too long ago, and of the rest what was read first, until it is few enough. */
export function surplus(weights: ReadonlyMap<string, Weight>, now: number): readonly string[] {
  const files = [...weights].filter(([key]) => key.startsWith("files/"));
  const others = [...weights].filter(([key]) => !key.startsWith("files/"));
  return [...over(others, MOST_LETTERS, now), ...over(files, MOST_OCTETS, now)];
}

function over(weights: readonly (readonly [string, Weight])[], most: number, now: number): readonly string[] {
  const newestFirst = [...weights].sort(([, a], [, b]) => b.at - a.at);
  let size = 0;
  let pieces = 0;
  return newestFirst.flatMap(([key, one]) => {
    const stays = now - one.at <= LONGEST && size + one.size <= most && pieces < MOST_PIECES;
    if (!stays) return [key];
    size += one.size;
    pieces += 1;
    return [];
  });
}

/** What is too old or too much goes. */
export async function tidy(database: Database, now: number): Promise<void> {
  const sizes = await database.all("sizes");
  const weights = new Map([...sizes].map(([key, value]) => [key, attempt(weight, value) ?? { at: 0, size: 0 }]));
  const changes = surplus(weights, now).flatMap((key): readonly Change[] => {
    const kind = WEIGHED.find((one) => key.startsWith(`${one}/`));
    const gone: Change = { kind: "sizes", key, value: undefined };
    return kind === undefined ? [gone] : [gone, { kind, key: key.slice(kind.length + 1), value: undefined }];
  });
  if (changes.length > 0) await database.write(changes);
}
