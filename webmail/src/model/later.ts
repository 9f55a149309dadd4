/** When a message goes that is sent later: the usual moments, and one that is chosen, in the time of the place where one is. */

export interface Moment {
  readonly name: "today" | "tomorrow" | "monday";
  readonly at: number;
}

const MORNING = 8;
const EVENING = 18;
const MONDAY = 1;

function on(now: Date, days: number, hour: number): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour).getTime();
}

/** What is offered: this evening while that is a while away, tomorrow morning, Monday morning where that is not tomorrow. */
export function moments(time: number, longest: number): readonly Moment[] {
  const now = new Date(time);
  const toMonday = (MONDAY + 7 - now.getDay()) % 7 || 7;
  const all: Moment[] = [
    { name: "today", at: on(now, 0, EVENING) },
    { name: "tomorrow", at: on(now, 1, MORNING) },
    { name: "monday", at: on(now, toMonday, MORNING) },
  ];
  const far = (at: number) => at - time > 3_600_000 && at - time <= longest * 1000;
  return all.filter(({ name, at }) => far(at) && !(name === "monday" && toMonday === 1));
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** A moment as `<input type="datetime-local">` has it. */
export function written(time: number): string {
  const date = new Date(time);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export type Chosen = { readonly kind: "at"; readonly at: number } | { readonly kind: "past" | "far" | "none" };

/** Reads one; it must be to come, and no later than the server holds. */
export function chosen(typed: string, now: number, longest: number): Chosen {
  const found = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/.exec(typed);
  if (found === null) return { kind: "none" };
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0] = found.slice(1).map(Number);
  const at = new Date(year, month - 1, day, hour, minute).getTime();
  if (at <= now) return { kind: "past" };
  return at - now > longest * 1000 ? { kind: "far" } : { kind: "at", at };
}
