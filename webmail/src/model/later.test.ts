import { describe, expect, it } from "vitest";
import { chosen, moments, written } from "./later";

const MONTH = 30 * 86_400;
const at = (day: number, hour: number) => new Date(2026, 10, day, hour).getTime();

describe("what is sent later", () => {
  it.each([
    // 30 November 2026 is a Monday
    [30, 9, ["today", "tomorrow", "monday"]],
    [30, 17.5, ["tomorrow", "monday"]],
    [29, 9, ["today", "tomorrow"]],
    [27, 20, ["tomorrow", "monday"]],
  ])("on day %d at %d may go %j", (day, hour, names) => {
    const now = at(day, 0) + hour * 3_600_000;
    const offered = moments(now, MONTH);
    expect(offered.map(({ name }) => name)).toEqual(names);
    for (const { at: when } of offered) expect(when).toBeGreaterThan(now);
  });

  it("goes in the morning, on a Monday where that is said", () => {
    const [, tomorrow, monday] = moments(at(25, 9), MONTH).map(({ at: when }) => new Date(when));
    expect([tomorrow?.getHours(), tomorrow?.getDate()]).toEqual([8, 26]);
    expect([monday?.getDay(), monday?.getDate()]).toEqual([1, 30]);
  });

  it("goes no later than the server holds", () => {
    expect(moments(at(25, 9), 86_400).map(({ name }) => name)).toEqual(["today", "tomorrow"]);
    expect(chosen("2026-12-01T00:00", at(25, 9), 86_400)).toEqual({ kind: "far" });
  });

  it("goes when one says, if that is to come", () => {
    expect(chosen("2026-11-25T10:30", at(25, 9), MONTH)).toEqual({ kind: "at", at: at(25, 10) + 1_800_000 });
    expect(chosen("2026-11-25T09:00", at(25, 9), MONTH)).toEqual({ kind: "past" });
    expect(chosen("", at(25, 9), MONTH)).toEqual({ kind: "none" });
    expect(written(at(5, 9))).toBe("2026-11-05T09:00");
  });
});
