/** How an event comes again (RFC 5545, 3.3.10), as far as it can be said in a few words. */
import { type When, whenOf } from "./when";

/** Monday is 0. */
export type Weekday = 0 | 1 | 2 | 3 | 4 | 5 | 6;

export type Recurrence =
  | {
      readonly kind: "plain";
      readonly unit: "day" | "week" | "month" | "year";
      readonly interval: number;
      /** On which days of the week; empty for that of the first time. */
      readonly days: readonly Weekday[];
      /** On which of the days in `days` in a month: 1 for the first, -1 for the last. */
      readonly nth: number | null;
      /** On which day of the month; -1 for the last, `null` for that of the first time. */
      readonly monthDay: number | null;
      readonly until: When | null;
      readonly count: number | null;
    }
  /** By a rule that takes more words than people read. */
  | { readonly kind: "other" };

const OTHER: Recurrence = { kind: "other" };
const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
const UNITS = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" } as const;
const KNOWN = /^(?:FREQ|INTERVAL|COUNT|UNTIL|WKST|BYDAY|BYMONTHDAY|BYMONTH|BYSETPOS)$/;

function weekday(word: string): Weekday | null {
  const index = DAYS.indexOf(word);
  return index === 0 || index === 1 || index === 2 || index === 3 || index === 4 || index === 5 || index === 6
    ? index
    : null;
}

function whole(word: string | undefined): number | null {
  return word !== undefined && /^[+-]?\d{1,4}$/.test(word) ? Number(word) : null;
}

interface Days {
  readonly days: readonly Weekday[];
  readonly nth: number | null;
}

/** `MO,WE` or `2TU`; `null` where it is neither. */
function daysOf(words: string | undefined, place: string | undefined): Days | null {
  if (words === undefined) return place === undefined ? { days: [], nth: null } : null;
  const found = words.split(",").map((word) => /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(word.trim()));
  const days = found.map((one) => weekday(one?.[2] ?? ""));
  const known = days.filter((day) => day !== null);
  if (known.length !== days.length || new Set(known).size !== known.length) return null;
  const numbers = found.map((one) => one?.[1] ?? place);
  const nth = whole(numbers[0]);
  if (numbers.every((number) => number === undefined)) return { days: [...known].sort(), nth: null };
  const isOne = known.length === 1 && nth !== null && nth !== 0 && nth >= -1 && nth <= 5;
  return isOne ? { days: known, nth } : null;
}

function isThatOf(start: When | null, month: string | undefined, day: number | null): boolean {
  if (month === undefined) return day === null;
  if (start === null) return false;
  const date = new Date(start.kind === "moment" ? start.time : start.wall);
  return Number(month) === date.getUTCMonth() + 1 && (day === null || day === date.getUTCDate());
}

/** Reads a rule; `start` is when the event is for the first time. */
export function recurrence(rule: string, start: When | null): Recurrence {
  const pairs = rule
    .toUpperCase()
    .slice(0, 1000)
    .split(";")
    .filter((pair) => pair !== "");
  const parts = new Map(pairs.map((pair) => [pair.split("=", 1)[0] ?? "", pair.slice(pair.indexOf("=") + 1).trim()]));
  const freq = parts.get("FREQ") ?? "";
  const unit = freq === "DAILY" || freq === "WEEKLY" || freq === "MONTHLY" || freq === "YEARLY" ? UNITS[freq] : null;
  const interval = parts.has("INTERVAL") ? whole(parts.get("INTERVAL")) : 1;
  const count = parts.has("COUNT") ? whole(parts.get("COUNT")) : null;
  const until = parts.has("UNTIL") ? whenOf(parts.get("UNTIL") ?? "", null) : null;
  const monthDay = parts.has("BYMONTHDAY") ? whole(parts.get("BYMONTHDAY")) : null;
  const place = parts.get("BYSETPOS");
  const days = daysOf(parts.get("BYDAY"), place);
  const isRead =
    [...parts.keys()].every((name) => KNOWN.test(name)) &&
    parts.size === pairs.length &&
    !(parts.has("COUNT") && (count === null || count < 1 || parts.has("UNTIL"))) &&
    !(parts.has("UNTIL") && until === null) &&
    !(parts.has("BYMONTHDAY") && (monthDay === null || monthDay === 0 || monthDay < -1 || monthDay > 31));
  if (!isRead || unit === null || interval === null || interval < 1 || days === null) return OTHER;
  const plain = { kind: "plain", unit, interval, ...days, monthDay, until, count } as const;
  const hasDays = days.days.length > 0;
  const month = parts.get("BYMONTH");
  switch (unit) {
    case "day":
      if (days.nth !== null || monthDay !== null || month !== undefined) return OTHER;
      if (!hasDays) return plain;
      return interval === 1 ? { ...plain, unit: "week" } : OTHER;
    case "week":
      return days.nth === null && monthDay === null && month === undefined ? plain : OTHER;
    case "month":
      if (month !== undefined || (hasDays && (days.nth === null || monthDay !== null))) return OTHER;
      return plain;
    case "year":
      return !hasDays && isThatOf(start, month, monthDay) ? { ...plain, monthDay: null } : OTHER;
  }
}
