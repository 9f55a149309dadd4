/** When an event is: dates, times and durations of a calendar (RFC 5545, 3.3.4 to 3.3.6). */
import type { Line } from "./lines";
import { momentOf, wallOf, zoneNamed } from "./zone";

/** `wall` is what a calendar and a clock on the wall say, in milliseconds as if it was UTC. */
export type When =
  /** A whole day, wherever one is. */
  | { readonly kind: "day"; readonly wall: number }
  /** A moment, and the zone in which it was written. */
  | { readonly kind: "moment"; readonly time: number; readonly zone: string }
  /** A time on clocks: in a zone that nobody here knows, or, without one, wherever one is. */
  | { readonly kind: "wall"; readonly wall: number; readonly zone: string | null };

const DAY = 86_400_000;
const WRITTEN = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/i;

/** The milliseconds of a date that there is. */
function wallTime(parts: readonly number[]): number | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts;
  const date = Date.UTC(year, month - 1, day);
  const exists = year >= 1900 && year <= 2200 && new Date(date).getUTCMonth() === month - 1 && day >= 1;
  if (!exists || hour > 23 || minute > 59 || second > 60) return null;
  return date + ((hour * 60 + minute) * 60 + Math.min(second, 59)) * 1000;
}

/** A value such as `20261207` or `20261207T140000Z`, with the zone that its line names. */
export function whenOf(value: string, zone: string | null): When | null {
  const found = WRITTEN.exec(value.trim());
  if (found === null) return null;
  const wall = wallTime(
    found
      .slice(1, 7)
      .map(Number)
      .filter((part) => !Number.isNaN(part)),
  );
  if (wall === null) return null;
  if (found[4] === undefined) return { kind: "day", wall };
  if (found[7] !== "") return { kind: "moment", time: wall, zone: "UTC" };
  if (zone === null) return { kind: "wall", wall, zone };
  const known = zoneNamed(zone);
  return known === null ? { kind: "wall", wall, zone } : { kind: "moment", time: momentOf(wall, known), zone: known };
}

export function whenAt(line: Line | undefined): When | null {
  return line === undefined ? null : whenOf(line.value, line.parameters.get("TZID") ?? null);
}

const DURATION = /^\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?$/i;

/** Where a duration behind `start` ends: days are days of the calendar there, hours are hours (RFC 5545, 3.3.6). */
export function lasting(start: When, duration: string): When | null {
  const found = DURATION.exec(duration.trim());
  if (found === null) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0));
  const [nominal, exact] = [(weeks * 7 + days) * DAY, ((hours * 60 + minutes) * 60 + seconds) * 1000];
  switch (start.kind) {
    case "day":
      return { kind: "day", wall: start.wall + nominal };
    case "wall":
      return { ...start, wall: start.wall + nominal + exact };
    case "moment":
      return { ...start, time: momentOf(wallOf(start.time, start.zone) + nominal, start.zone) + exact };
  }
}

/** Where an event without an end ends: after its day, or at once (RFC 5545, 3.6.1). */
export function endOf(start: When, end: When | null): When {
  const isLater = end !== null && end.kind === start.kind && order(end) > order(start);
  if (isLater) return end;
  return start.kind === "day" ? { kind: "day", wall: start.wall + DAY } : start;
}

function order(when: When): number {
  return when.kind === "moment" ? when.time : when.wall;
}
