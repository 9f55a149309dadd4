import { describe, expect, it } from "vitest";
import { recurrence } from "../../model/calendar/recurrence";
import { whenOf } from "../../model/calendar/when";
import { READING } from "../../texts/reading";
import { wait } from "../format";
import { recurrenceWords, whenWords } from "./when";

const AMSTERDAM = "Europe/Amsterdam";

function words(start: string, end: string, zone: string | null, language: "nl" | "en" = "nl"): readonly string[] {
  const times = { start: whenOf(start, zone), end: whenOf(end, zone) };
  return whenWords(times, language, READING[language].invitation, AMSTERDAM);
}

describe("when an event is", () => {
  it("is said by the clock of who reads", () => {
    const said = words("20261207T130000Z", "20261207T140000Z", null);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/^maandag 7 december 2026\D+14:00\D+15:00$/);
  });

  it("is said by the other clock too", () => {
    const [here, there] = words("20261207T090000", "20261207T100000", "America/New_York", "en");
    expect(here).toMatch(/15:00/);
    expect(there).toMatch(/09:00.*\(time in America\/New_York\)$/);
  });

  it("is a day, or days, of which the last one counts", () => {
    expect(words("20261207", "20261208", null)).toEqual(["maandag 7 december 2026, de hele dag"]);
    const [several] = words("20261207", "20261210", null);
    expect(several).toMatch(/7.*9 december 2026, de hele dag$/);
  });

  it("is said as it was written where nobody knows the clock", () => {
    expect(words("20261207T090000", "20261207T090000", "Customized")[0]).toMatch(/9:00.*“Customized”/);
    expect(words("20261207T090000", "20261207T090000", null)[0]).toMatch(/plaatselijke tijd/);
    expect(words("soon", "later", null)).toEqual([READING.nl.invitation.noWhen]);
  });
});

describe("how it comes again", () => {
  it.each([
    ["FREQ=DAILY", "Herhaalt elke dag", "Repeats every day"],
    [
      "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
      "Herhaalt elke 2 weken op maandag en woensdag",
      "Repeats every 2 weeks on Monday and Wednesday",
    ],
    [
      "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR;COUNT=10",
      "Herhaalt elke week op werkdagen, 10 keer",
      "Repeats every week on working days, 10 times",
    ],
    ["FREQ=MONTHLY;BYDAY=-1FR", "Herhaalt elke maand op de laatste vrijdag", "Repeats every month on the last Friday"],
    ["FREQ=MONTHLY;BYDAY=2TU", "Herhaalt elke maand op de tweede dinsdag", "Repeats every month on the second Tuesday"],
    ["FREQ=MONTHLY;BYMONTHDAY=31", "Herhaalt elke maand op dag 31", "Repeats every month on day 31"],
    [
      "FREQ=YEARLY;UNTIL=20300101",
      "Herhaalt elk jaar, tot en met 1 januari 2030",
      "Repeats every year, until 1 January 2030",
    ],
    ["FREQ=YEARLY;BYWEEKNO=3", "Herhaalt", "Repeats"],
  ])("%s", (rule, nl, en) => {
    const of = recurrence(rule, whenOf("20261207", null));
    expect(recurrenceWords(of, "nl", READING.nl.recurrence)).toBe(nl);
    expect(recurrenceWords(of, "en", READING.en.recurrence)).toBe(en);
  });
});

describe("a time that passed", () => {
  it.each([
    [0, "0 seconden", "0 seconds"],
    [7_000, "7 seconden", "7 seconds"],
    [90_000, "2 minuten", "2 minutes"],
    [3_600_000, "1 uur", "1 hour"],
    [3 * 86_400_000, "3 dagen", "3 days"],
  ])("of %i ms", (time, nl, en) => {
    expect([wait(time, "nl"), wait(time, "en")]).toEqual([nl, en]);
  });
});
