/** The rows in sight, as they are drawn: what did not change is the same object, and is not drawn anew; a row that moves keeps its
 * elements, and one that comes takes those of one that went. */
import type { EmailId } from "../jmap/ids";
import type { Email, Snippet } from "../jmap/mail";
import type { Density } from "../model/preferences";

export interface ShownRow {
  readonly index: number;
  /** Whose elements it has: no other row in sight has the same. */
  readonly slot: number;
  readonly id: EmailId;
  readonly emails: readonly Email[];
  readonly newest: Email;
  /** Where the words of a search stand in it. */
  readonly snippet: Snippet | undefined;
}

/** What a row shows: no messages where they are not known. */
type Content = Omit<ShownRow, "index" | "slot" | "newest">;

/** How many rows come in one frame: in the first as many as a phone's screen has, later what it draws while one scrolls. */
export const MOST_FIRST = 10;
export const MOST_NEW = 5;

/** How many rems a row is high (base.css). */
const HEIGHTS: Readonly<Record<Density, number>> = { roomy: 4.25, compact: 3.25 };

/** In pixels: as high as the person's letters ask for. */
export function rem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}

export function rowHeight(density: Density, rem: number): number {
  return HEIGHTS[density] * rem;
}

/** The row as it is now, with what it has of before. */
function next(was: ShownRow, index: number, row: Content, newest: Email): ShownRow {
  const { emails } = was;
  const isSame = emails.length === row.emails.length && emails.every((email, place) => email === row.emails[place]);
  if (isSame && was.index === index && was.snippet === row.snippet) return was;
  return { ...row, index, newest, slot: was.slot, emails: isSame ? emails : row.emails };
}

export class RowWindow {
  #shown = new Map<EmailId, ShownRow>();
  /** Those whose rows went. */
  #free: number[] = [];
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
    const ids = new Map<EmailId, number>();
    for (let index = from; index < to; index += 1) {
      const id = at(index);
      if (id !== undefined && !ids.has(id)) ids.set(id, index);
    }
    const before = this.#shown;
    for (const [id, { slot }] of before) if (!ids.has(id)) this.#free.push(slot);
    this.#shown = new Map();
    this.cut = false;
    const most = before.size === 0 ? MOST_FIRST : MOST_NEW;
    let come = 0;
    for (const [id, index] of ids) {
      const was = before.get(id);
      if (was === undefined && come >= most) {
        this.cut = true;
        continue;
      }
      const row = content(id);
      const newest = row.emails.at(-1);
      if (newest === undefined) {
        if (was !== undefined) this.#free.push(was.slot);
        continue;
      }
      if (was === undefined) come += 1;
      this.#shown.set(
        id,
        was === undefined ? { ...row, index, newest, slot: this.#take() } : next(was, index, row, newest),
      );
    }
    return [...this.#shown.values()];
  }

  #take(): number {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    this.#slots += 1;
    return this.#slots - 1;
  }
}
