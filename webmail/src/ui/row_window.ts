/** The rows in sight, as they are drawn: what did not change is the same object, and is not drawn anew; and a row that comes takes
 * the elements of one that went. */
import type { EmailId } from "../jmap/ids";
import type { Email, Snippet } from "../jmap/mail";
import type { Density } from "../model/preferences";

export interface ShownRow {
  readonly index: number;
  /** Whose elements it has: no other row in sight has the same. */
  readonly slot: number;
  readonly id: EmailId;
  readonly emails: readonly Email[];
  /** Where the words of a search stand in it. */
  readonly snippet: Snippet | undefined;
}

/** What a row shows: no messages where they are not known. */
type Content = Omit<ShownRow, "index" | "slot">;

/** How many rows come in one frame: a phone's screen has no more, and draws them in it. */
export const MOST_NEW = 10;

/** How many rems a row is high (base.css). */
const HEIGHTS: Readonly<Record<Density, number>> = { roomy: 4.25, compact: 3.25 };

/** In pixels: as high as the person's letters ask for. */
export function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

export function rowHeight(density: Density, rem: number): number {
  return HEIGHTS[density] * rem;
}

function isSame(one: ShownRow, other: Content): boolean {
  return (
    one.id === other.id &&
    one.snippet === other.snippet &&
    one.emails.length === other.emails.length &&
    one.emails.every((email, at) => email === other.emails[at])
  );
}

export class RowWindow {
  #shown = new Map<number, ShownRow>();
  #slots = 0;
  /** Whether there are more than came now. */
  cut = false;

  /** The rows from `from` up to `to`, that one not; of those that were not there before the first ones only. */
  rows(
    from: number,
    to: number,
    at: (index: number) => EmailId | undefined,
    content: (id: EmailId) => Content,
  ): readonly ShownRow[] {
    const before = this.#shown;
    // with as many slots as there ever were rows, none is taken twice
    this.#slots = Math.max(this.#slots, to - from);
    this.#shown = new Map();
    this.cut = false;
    let come = 0;
    for (let index = from; index < to; index += 1) {
      const id = at(index);
      if (id === undefined) continue;
      const was = before.get(index);
      if (was?.id !== id && come >= MOST_NEW) {
        this.cut = true;
        continue;
      }
      const row = content(id);
      if (row.emails.length === 0) continue;
      if (was?.id !== id) come += 1;
      const slot = index % this.#slots;
      const same = was !== undefined && was.slot === slot && isSame(was, row);
      this.#shown.set(index, same ? was : { index, slot, ...row });
    }
    return [...this.#shown.values()];
  }
}
