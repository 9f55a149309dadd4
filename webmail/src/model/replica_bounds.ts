/** How much of what was read stays in the browser. */

/** Messages and documents, characters of all of them, and how long after they were read last. */
export const MOST_PIECES = 2000;
export const MOST_LETTERS = 64 * 1024 * 1024;
export const LONGEST = 30 * 24 * 3_600_000;
/** A document of a message that is longer is not kept. */
export const LONGEST_PAGE = 2 * 1024 * 1024;

export interface Weight {
  readonly at: number;
  readonly size: number;
}

/** What goes: what was read too long ago, and of the rest what was read first, until it is few enough. */
export function surplus(weights: ReadonlyMap<string, Weight>, now: number): readonly string[] {
  const newestFirst = [...weights].sort(([, a], [, b]) => b.at - a.at);
  let letters = 0;
  let pieces = 0;
  return newestFirst.flatMap(([key, { at, size }]) => {
    const stays = now - at <= LONGEST && letters + size <= MOST_LETTERS && pieces < MOST_PIECES;
    if (!stays) return [key];
    letters += size;
    pieces += 1;
    return [];
  });
}
