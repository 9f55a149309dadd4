/** Time zones of calendars: which one a name means, and what a clock there says. */

/** What Windows calls the zones that people here meet, by the names of the IANA (Unicode CLDR, windowsZones). */
const WINDOWS: Readonly<Record<string, string>> = {
  "w. europe standard time": "Europe/Berlin",
  "romance standard time": "Europe/Paris",
  "central europe standard time": "Europe/Budapest",
  "central european standard time": "Europe/Warsaw",
  "gmt standard time": "Europe/London",
  "greenwich standard time": "Atlantic/Reykjavik",
  "fle standard time": "Europe/Kiev",
  "gtb standard time": "Europe/Bucharest",
  "e. europe standard time": "Europe/Chisinau",
  "turkey standard time": "Europe/Istanbul",
  "russian standard time": "Europe/Moscow",
  "israel standard time": "Asia/Jerusalem",
  "egypt standard time": "Africa/Cairo",
  "morocco standard time": "Africa/Casablanca",
  "south africa standard time": "Africa/Johannesburg",
  "arabian standard time": "Asia/Dubai",
  "india standard time": "Asia/Calcutta",
  "se asia standard time": "Asia/Bangkok",
  "singapore standard time": "Asia/Singapore",
  "china standard time": "Asia/Shanghai",
  "tokyo standard time": "Asia/Tokyo",
  "aus eastern standard time": "Australia/Sydney",
  "eastern standard time": "America/New_York",
  "central standard time": "America/Chicago",
  "mountain standard time": "America/Denver",
  "pacific standard time": "America/Los_Angeles",
  "sa eastern standard time": "America/Cayenne",
  "sa western standard time": "America/La_Paz",
  "venezuela standard time": "America/Caracas",
};

const DAY = 86_400_000;

function clock(zone: string): Intl.DateTimeFormat | null {
  const parts = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric" } as const;
  try {
    return new Intl.DateTimeFormat("en-US", {
      ...parts,
      minute: "numeric",
      second: "numeric",
      hourCycle: "h23",
      calendar: "gregory",
      numberingSystem: "latn",
      timeZone: zone,
    });
  } catch {
    return null;
  }
}

/** The zone that a name means, as the browser knows it; `null` where it knows none. */
export function zoneNamed(name: string): string | null {
  const told = name.trim();
  // some programs put their own name in front: /citadel.org/20211207_1/Europe/Amsterdam
  const found = WINDOWS[told.toLowerCase()] ?? /^\/.*\/([A-Za-z_]+\/[A-Za-z_]+)$/.exec(told)?.[1] ?? told;
  // offsets such as +01:00 are no names
  return /^[A-Za-z]/.test(found) && clock(found) !== null ? found : null;
}

/** How far the clocks of a zone are before UTC at a moment. */
function offset(at: Intl.DateTimeFormat, time: number): number {
  const told = new Map(at.formatToParts(time).map(({ type, value }) => [type, Number(value)]));
  const of = (type: Intl.DateTimeFormatPartTypes) => told.get(type) ?? 0;
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - time;
}

/**
 * When a clock of the zone says this; `wall` is what it says, as if it was UTC. Of two times the first; a time that is
 * passed over is counted with the offset before (RFC 5545, 3.3.5).
 */
export function momentOf(wall: number, zone: string): number {
  const at = clock(zone);
  if (at === null) return wall;
  const [before, after] = [offset(at, wall - DAY), offset(at, wall + DAY)];
  const first = wall - before;
  if (before === after || offset(at, first) === before) return first;
  return offset(at, wall - after) === after ? wall - after : first;
}

/** What a clock of the zone says at a moment, as if it was UTC. */
export function wallOf(time: number, zone: string): number {
  const at = clock(zone);
  return at === null ? time : time + offset(at, time);
}
