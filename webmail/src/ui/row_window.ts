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

/** A row where its elements stand among the others, which is the order of the rows only when they stand still. */
export interface Placed {
  readonly row: ShownRow;
  /** Whether it is in sight; the elements of one that is not wait for another row. */
  readonly isThere: boolean;
}

/** What a row shows: no messages where they are not known. */
type Content = Omit<ShownRow, "index" | "slot" | "newest">;

/** How many rows come in one frame: in the first as many as a phone's screen has, later what it draws while one scrolls. */
export const MOST_FIRST = 10;
export const MOST_NEW = 5;

/** Where nobody sees a row, in pixels from the first one: to hide it would cost more, for all that is in it. */
export const AWAY = -100_000;

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

/** So many of one order moved that it comes nearer to another of the same: each time the one that has farther to go. */
function nearer(order: readonly number[], goal: readonly number[], most: number): number[] {
  const now = [...order];
  let moved = 0;
  for (let place = 0; place < goal.length && moved < most; ) {
    const [here, wanted] = [now[place], goal[place]];
    if (here === undefined || wanted === undefined) break;
    if (here === wanted) {
      place += 1;
      continue;
    }
    const [away, from] = [goal.indexOf(here), now.indexOf(wanted)];
    if (away > from) {
      now.splice(place, 1);
      now.splice(now.indexOf(goal[away - 1] ?? wanted) + 1, 0, here);
    } else {
      now.splice(from, 1);
      now.splice(place, 0, wanted);
    }
    moved += 1;
  }
  return now;
}

export class RowWindow {
  #shown = new Map<EmailId, ShownRow>();
  /** Rows that went; their elements wait for others while those are on their way. */
  #gone = new Map<EmailId, ShownRow>();
  /** Slots, as their elements stand in the document. */
  #order: readonly number[] = [];
  #isSorted = true;
  #placed: readonly Placed[] = [];
  #slots = 0;
  /** Whether there is more to do than was done now. */
  cut = false;

  /**
   * The rows from `from` up to `to`, that one not; of those that were not there before the first ones only. Where they do not
   * rest, no element is thrown away, and none is moved: that is done a few at a time when they do.
   */
  rows(
    from: number,
    to: number,
    at: (index: number) => EmailId | undefined,
    content: (id: EmailId) => Content,
    rest: boolean,
  ): readonly Placed[] {
    this.cut = false;
    this.#fill(this.#wanted(from, to, at), content);
    if (rest && this.#shown.size === to - from) this.#tidy();
    this.#sort(rest);
    this.#placed = this.#place();
    return this.#placed;
  }

  #wanted(from: number, to: number, at: (index: number) => EmailId | undefined): Map<EmailId, number> {
    const ids = new Map<EmailId, number>();
    for (let index = from; index < to; index += 1) {
      const id = at(index);
      if (id !== undefined && !ids.has(id)) ids.set(id, index);
    }
    return ids;
  }

  #fill(ids: ReadonlyMap<EmailId, number>, content: (id: EmailId) => Content): void {
    const before = this.#shown;
    for (const [id, row] of before) if (!ids.has(id)) this.#gone.set(id, row);
    this.#shown = new Map();
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
        if (was !== undefined) this.#gone.set(id, was);
        continue;
      }
      if (was === undefined) come += 1;
      this.#shown.set(id, was === undefined ? this.#come(index, row, newest) : next(was, index, row, newest));
    }
  }

  /** A row that comes, with its own elements of before, those of another, or new ones. */
  #come(index: number, row: Content, newest: Email): ShownRow {
    const own = this.#gone.get(row.id);
    const left = own ?? this.#gone.values().next().value;
    if (left !== undefined) this.#gone.delete(left.id);
    if (own !== undefined) return next(own, index, row, newest);
    const slot = left?.slot ?? this.#slots;
    if (left === undefined) this.#slots += 1;
    return { ...row, index, newest, slot };
  }

  /** Elements that no row waits for go, a few at a time. */
  #tidy(): void {
    let left = MOST_NEW;
    for (const id of this.#gone.keys()) {
      left -= 1;
      if (left < 0) this.cut = true;
      else this.#gone.delete(id);
    }
  }

  #sort(rest: boolean): void {
    const goal = [...this.#shown.values(), ...this.#gone.values()].map(({ slot }) => slot);
    if (rest && this.#isSorted) this.#order = goal;
    else {
      const there = new Set(goal);
      const kept = this.#order.filter((slot) => there.delete(slot));
      this.#order = nearer([...kept, ...there], goal, rest ? MOST_NEW : 0);
    }
    this.#isSorted = this.#order.every((slot, place) => slot === goal[place]);
    if (rest && !this.#isSorted) this.cut = true;
  }

  #place(): readonly Placed[] {
    const before = new Map(this.#placed.map((one) => [one.row.slot, one]));
    const now = new Map<number, Placed>();
    const put = (row: ShownRow, isThere: boolean) => {
      const was = before.get(row.slot);
      now.set(row.slot, was?.row === row && was.isThere === isThere ? was : { row, isThere });
    };
    for (const row of this.#gone.values()) put(row, false);
    for (const row of this.#shown.values()) put(row, true);
    return this.#order.flatMap((slot) => now.get(slot) ?? []);
  }
}
