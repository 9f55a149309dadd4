import { describe, expect, it } from "vitest";
import { recurrence } from "./recurrence";
import { whenOf } from "./when";

const PLAIN = { kind: "plain", interval: 1, days: [], nth: null, monthDay: null, until: null, count: null };
const START = whenOf("20261208", null);

describe("a rule", () => {
  it.each([
    ["FREQ=DAILY", { unit: "day" }],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,MO;WKST=MO", { unit: "week", interval: 2, days: [0, 2] }],
    ["FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", { unit: "week", days: [0, 1, 2, 3, 4] }],
    ["FREQ=MONTHLY;BYDAY=2TU", { unit: "month", days: [1], nth: 2 }],
    ["FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", { unit: "month", days: [4], nth: -1 }],
    ["FREQ=MONTHLY;BYMONTHDAY=-1", { unit: "month", monthDay: -1 }],
    ["FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=8", { unit: "year" }],
    ["freq=yearly;count=3", { unit: "year", count: 3 }],
    ["FREQ=WEEKLY;UNTIL=20270101T000000Z", { unit: "week", until: whenOf("20270101T000000Z", null) }],
  ])("%s is said in words", (rule, plain) => {
    expect(recurrence(rule, START)).toEqual({ ...PLAIN, ...plain });
  });

  it.each([
    "",
    "FREQ=SECONDLY",
    "FREQ=DAILY;BYHOUR=3",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=x",
    "FREQ=DAILY;INTERVAL=2;BYDAY=MO",
    "FREQ=DAILY;COUNT=2;UNTIL=20270101",
    "FREQ=DAILY;UNTIL=soon",
    "FREQ=WEEKLY;BYDAY=XX",
    "FREQ=WEEKLY;BYDAY=MO,MO",
    "FREQ=WEEKLY;BYDAY=2MO",
    "FREQ=MONTHLY;BYDAY=MO,TU",
    "FREQ=MONTHLY;BYDAY=-3MO",
    "FREQ=MONTHLY;BYMONTHDAY=1,15",
    "FREQ=MONTHLY;BYMONTHDAY=40",
    "FREQ=YEARLY;BYMONTH=11;BYMONTHDAY=8",
    "FREQ=YEARLY;BYDAY=MO",
    "FREQ=DAILY;FREQ=WEEKLY",
    `FREQ=WEEKLY;BYDAY=${"MO,".repeat(100_000)}`,
  ])("%.60s is another one", (rule) => {
    expect(recurrence(rule, START)).toEqual({ kind: "other" });
  });
});
