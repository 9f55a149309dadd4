import { describe, expect, it } from "vitest";
import { shortDate, size } from "./format";

describe("what a person reads", () => {
  const now = new Date(2026, 10, 30, 12, 0).getTime();
  it.each([
    [new Date(2026, 10, 30, 9, 5), "09:05", "09:05"],
    [new Date(2026, 10, 28, 9, 5), "za 09:05", "Sat 09:05"],
    [new Date(2026, 2, 1, 9, 5), "1 mrt", "1 Mar"],
    [new Date(2024, 2, 1, 9, 5), "1 mrt 2024", "1 Mar 2024"],
    [new Date(2026, 11, 1, 9, 5), "1 dec", "1 Dec"],
  ])("%s", (date, nl, en) => {
    const plain = (text: string) => text.replace(/[,.]/g, "");
    expect(plain(shortDate(date.getTime(), "nl", now))).toBe(nl);
    expect(plain(shortDate(date.getTime(), "en", now))).toBe(en);
  });

  it.each([
    [0, "0 byte"],
    [999, "999 byte"],
    [1500, "1,5 kB"],
    [25_000_000, "25 MB"],
    [7_000_000_000_000, "7.000 GB"],
  ])("%i bytes", (bytes, nl) => {
    expect(size(bytes, "nl").replace(/\u00a0/g, " ")).toBe(nl);
  });
});
