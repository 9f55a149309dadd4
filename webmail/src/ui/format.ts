/** Dates and sizes as a person of a language writes them. */
import type { Language } from "../texts/languages";

const LOCALES: Readonly<Record<Language, string>> = { nl: "nl-NL", en: "en-GB" };
const DAY = 86_400_000;

export function locale(language: Language): string {
  return LOCALES[language];
}

/** A formatter costs more to make than a hundred dates to write, and a list writes two for each row that comes into sight. */
const formats = new Map<string, Intl.DateTimeFormat>();

function written(then: Date, language: Language, options: Intl.DateTimeFormatOptions): string {
  const key = `${language} ${JSON.stringify(options)}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], options);
  formats.set(key, format);
  return format.format(then);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

/** As short as it can be: today the time, this year the day, else the date. */
export function shortDate(time: number, language: Language, now = Date.now()): string {
  const then = new Date(time);
  const today = new Date(now);
  const of = (options: Intl.DateTimeFormatOptions) => written(then, language, options);
  // both languages write it so, and the first formatter costs as much as ten rows
  if (then.toDateString() === today.toDateString())
    return `${twoDigits(then.getHours())}:${twoDigits(then.getMinutes())}`;
  if (now - time < 6 * DAY && now > time) return of({ weekday: "short", hour: "2-digit", minute: "2-digit" });
  if (then.getFullYear() === today.getFullYear()) return of({ day: "numeric", month: "short" });
  return of({ day: "numeric", month: "short", year: "numeric" });
}

export function longDate(time: number, language: Language): string {
  return written(new Date(time), language, { dateStyle: "full", timeStyle: "short" });
}

/** A time that passed, in the largest of seconds, minutes, hours and days that there is one of. */
export function wait(time: number, language: Language): string {
  const [unit, length] =
    time < 60_000
      ? (["second", 1000] as const)
      : time < 3_600_000
        ? (["minute", 60_000] as const)
        : time < DAY
          ? (["hour", 3_600_000] as const)
          : (["day", DAY] as const);
  const options = { style: "unit", unit, unitDisplay: "long" } as const;
  return new Intl.NumberFormat(LOCALES[language], options).format(Math.round(time / length));
}

/** A day of which the year may be unknown. */
export function dayAndMonth(
  { year, month, day }: { readonly year: number | null; readonly month: number | null; readonly day: number | null },
  language: Language,
): string {
  if (year === null && month === null) return day === null ? "" : String(day);
  // 2000 has every day that a year can have
  const then = new Date(Date.UTC(year ?? 2000, (month ?? 1) - 1, day ?? 1));
  if (year !== null && year < 100) then.setUTCFullYear(year);
  const options: Intl.DateTimeFormatOptions = { timeZone: "UTC" };
  if (year !== null) options.year = "numeric";
  if (month !== null) options.month = "long";
  if (month !== null && day !== null) options.day = "numeric";
  return written(then, language, options);
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

export function size(bytes: number, language: Language): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const number = bytes / 1000 ** step;
  const options = { style: "unit", unit: UNITS[step] ?? "byte", maximumFractionDigits: number < 10 ? 1 : 0 } as const;
  return new Intl.NumberFormat(LOCALES[language], options).format(number);
}
