import { describe, expect, it } from "vitest";
import { endOf, lasting, whenOf } from "./when";
import { momentOf, wallOf, zoneNamed } from "./zone";

const utc = (text: string) => Date.parse(`${text}Z`);

describe("a zone", () => {
  it.each([
    ["Europe/Amsterdam", "Europe/Amsterdam"],
    ["W. Europe Standard Time", "Europe/Berlin"],
    ["/citadel.org/20211207_1/Europe/Amsterdam", "Europe/Amsterdam"],
    ["Customized Time Zone", null],
    ["+01:00", null],
    ["../../etc", null],
    ["", null],
  ])("%j is %j", (name, zone) => {
    expect(zoneNamed(name)).toBe(zone);
  });

  it.each([
    // winter, summer, the hour that is passed over and the one that comes twice
    ["2026-12-07T14:00:00", "2026-12-07T13:00:00"],
    ["2026-07-07T14:00:00", "2026-07-07T12:00:00"],
    ["2026-03-29T02:30:00", "2026-03-29T01:30:00"],
    ["2026-03-29T03:30:00", "2026-03-29T01:30:00"],
    ["2026-10-25T02:30:00", "2026-10-25T00:30:00"],
    ["2026-10-25T03:30:00", "2026-10-25T02:30:00"],
  ])("of Amsterdam: %s there is %s in UTC", (wall, moment) => {
    expect(new Date(momentOf(utc(wall), "Europe/Amsterdam")).toISOString()).toBe(`${moment}.000Z`);
  });

  it.each(["America/New_York", "Asia/Kolkata", "Pacific/Apia", "America/Sao_Paulo"])("%s comes back", (zone) => {
    for (let day = 0; day < 366; day += 5) {
      const time = utc("2026-01-01T12:00:00") + day * 86_400_000;
      expect(momentOf(wallOf(time, zone), zone)).toBe(time);
    }
  });
});

describe("a time", () => {
  it("is a day, a moment, or what a clock says", () => {
    expect(whenOf("20261207", null)).toEqual({ kind: "day", wall: utc("2026-12-07T00:00:00") });
    expect(whenOf("20261207T140000Z", "x")).toMatchObject({ kind: "moment", time: utc("2026-12-07T14:00:00") });
    expect(whenOf("20261207T140000", "Europe/Amsterdam")).toMatchObject({ time: utc("2026-12-07T13:00:00") });
    expect(whenOf("20261207T140000", null)).toMatchObject({ kind: "wall", zone: null });
    expect(whenOf("20261207T140000", "Elders")).toMatchObject({ kind: "wall", zone: "Elders" });
  });

  it.each(["", "x", "20261301", "20260230", "20260001", "00000101", "99990101", "20261207T250000", "20261207T1400"])(
    "%j is none",
    (value) => {
      expect(whenOf(value, null)).toBeNull();
    },
  );

  it("of 60 seconds is the last one of the minute", () => {
    expect(whenOf("20261207T235960Z", null)).toMatchObject({ time: utc("2026-12-07T23:59:59") });
  });
});

describe("an end", () => {
  const noon = whenOf("20261024T120000", "Europe/Amsterdam");
  it.each([
    ["PT1H30M", "2026-10-24T11:30:00"],
    // the clocks go back in the night: a day is a day there, and 24 hours are 24 hours
    ["P1D", "2026-10-25T11:00:00"],
    ["PT24H", "2026-10-25T10:00:00"],
    ["P1W", "2026-10-31T11:00:00"],
    ["P1DT2H", "2026-10-25T13:00:00"],
  ])("%s later", (duration, end) => {
    expect(noon !== null && lasting(noon, duration)).toMatchObject({ time: utc(end) });
  });

  it("is not read from anything else", () => {
    for (const wrong of ["", "1H", "-PT1H", "PT1H; x", "P9999999D"]) expect(noon && lasting(noon, wrong)).toBeNull();
  });

  it("that is none, or before the beginning, is the beginning; of a day its end", () => {
    const day = whenOf("20261207", null);
    if (day === null || noon === null) throw new Error("both are times");
    expect(endOf(day, null)).toMatchObject({ wall: utc("2026-12-08T00:00:00") });
    expect(endOf(noon, day)).toBe(noon);
    expect(endOf(noon, whenOf("20261024T110000", "Europe/Amsterdam"))).toBe(noon);
  });
});
