/** When an event is, and how it comes again, in words of a language and by the clock of who reads. */
import type { Invitation } from "../../model/calendar/invitation";
import type { Recurrence } from "../../model/calendar/recurrence";
import type { When } from "../../model/calendar/when";
import { wallOf } from "../../model/calendar/zone";
import type { Language } from "../../texts/languages";
import type { ReadingTexts } from "../../texts/reading";
import { locale } from "../format";

const DAY = 86_400_000;

function range(from: number, to: number, language: Language, options: Intl.DateTimeFormatOptions): string {
  const format = new Intl.DateTimeFormat(locale(language), options);
  return to > from ? format.formatRange(from, to) : format.format(from);
}

function upTo(end: When | null, start: number): number {
  if (end === null) return start;
  return end.kind === "moment" ? end.time : end.wall;
}

/** By the reader's clock; where the event was planned by another clock, by that too. */
export function whenWords(
  { start, end }: Pick<Invitation, "start" | "end">,
  language: Language,
  texts: ReadingTexts["invitation"],
  here = new Intl.DateTimeFormat().resolvedOptions().timeZone,
): readonly string[] {
  const [dateStyle, timeStyle] = ["full", "short"] as const;
  switch (start?.kind) {
    case undefined:
      return [texts.noWhen];
    case "day": {
      const days = range(start.wall, upTo(end, start.wall + DAY) - DAY, language, { dateStyle, timeZone: "UTC" });
      return [`${days}, ${texts.allDay}`];
    }
    case "wall": {
      const to = upTo(end, start.wall);
      const told = range(start.wall, to, language, { dateStyle, timeStyle, timeZone: "UTC" });
      return [start.zone === null ? texts.floating(told) : texts.unknownZone(told, start.zone)];
    }
    case "moment": {
      const { time, zone } = start;
      const told = (timeZone: string) => range(time, upTo(end, time), language, { dateStyle, timeStyle, timeZone });
      const same = zone === "UTC" || wallOf(time, zone) === wallOf(time, here);
      return same ? [told(here)] : [told(here), texts.inZone(told(zone), zone)];
    }
  }
}

function date(when: When, language: Language): string {
  const options = { dateStyle: "long" } as const;
  return when.kind === "moment"
    ? range(when.time, when.time, language, options)
    : range(when.wall, when.wall, language, { ...options, timeZone: "UTC" });
}

/** How an event comes again. */
export function recurrenceWords(of: Recurrence, language: Language, texts: ReadingTexts["recurrence"]): string {
  if (of.kind === "other") return texts.other;
  const names = of.days.map((day) => texts.days[day] ?? "");
  const [first] = names;
  const where = [texts.units[of.unit](of.interval)];
  if (of.nth !== null && first !== undefined) where.push(texts.onNth(of.nth, first));
  else if (of.days.join() === "0,1,2,3,4") where.push(texts.workdays);
  else if (names.length > 0) where.push(texts.onDays(new Intl.ListFormat(locale(language)).format(names)));
  if (of.monthDay !== null) where.push(texts.onDay(of.monthDay));
  if (of.until !== null) where.push(texts.until(date(of.until, language)));
  if (of.count !== null) where.push(texts.times(of.count));
  return texts.repeats(where.join(""));
}
