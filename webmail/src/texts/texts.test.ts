import { describe, expect, it } from "vitest";
import type { Problem } from "../jmap/problem";
import { AWAY } from "./away";
import { CONTACTS } from "./contacts";
import { LANGUAGES, type Language, preferred } from "./languages";
import { LISTS } from "./lists";
import { NEWS } from "./news";
import { READING } from "./reading";
import { SENDER } from "./sender";
import { SETTINGS } from "./settings";
import { SHORTCUTS } from "./shortcuts";
import { WRITING } from "./writing";

/** Every text by its path; functions as they speak of one and of two. */
function spoken(texts: object, path = ""): [string, string][] {
  return Object.entries(texts).flatMap(([name, text]): [string, string][] => {
    const at = `${path}/${name}`;
    if (typeof text === "string") return [[at, text]];
    if (typeof text === "function") {
      if (name === "problem") return [];
      return [1, 2].map((n) => [`${at}(${n})`, String(text(n, n, n))]);
    }
    return Array.isArray(text) ? [[at, text.join(" ")]] : spoken(text, at);
  });
}

/** What is said at once and what comes later. */
function all(language: Language): object {
  return {
    ...LANGUAGES[language],
    away: AWAY[language],
    settings: SETTINGS[language],
    contacts: CONTACTS[language],
    news: NEWS[language],
    reading: READING[language],
    sender: SENDER[language],
    lists: LISTS[language],
    shortcuts: SHORTCUTS[language],
    writing: WRITING[language],
  };
}
const [en, nl] = [all("en"), all("nl")];

const problems: readonly Problem[] = [
  { kind: "offline" },
  { kind: "signed-out" },
  { kind: "forbidden" },
  { kind: "slow-down", seconds: 1 },
  { kind: "too-large", limit: 1 },
  { kind: "server", status: 500 },
  { kind: "malformed", where: "x" },
  { kind: "refused-record", type: "overQuota", detail: "", properties: [] },
  { kind: "refused-method", method: "x", type: "neverSeen", detail: "" },
];

describe.each([["nl", nl] as const, ["en", en] as const])("%s", (language, every) => {
  const texts = LANGUAGES[language];

  it("says everything, and no more than once the same number", () => {
    for (const [path, text] of spoken(every)) {
      expect(text.trim(), path).not.toBe("");
      expect(text, path).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it.each(problems)("says what to do about %j", (problem) => {
    expect(texts.problem(problem).length).toBeGreaterThan(10);
  });
});

describe("the languages", () => {
  it("have the same texts", () => {
    expect(spoken(nl).map(([path]) => path)).toEqual(spoken(en).map(([path]) => path));
  });

  it("differ", () => {
    const english = new Map(spoken(en));
    const same = spoken(nl).filter(([path, text]) => english.get(path) === text);
    expect(same.map(([path]) => path.split("/").at(-1)).sort()).toEqual([
      "$label5",
      "app",
      "bcc",
      "bcc",
      "below",
      "cc",
      "cc",
      "choose",
      "count(1)",
      "details",
      "in",
      "label",
      "link",
      "menu",
      "server",
      "title",
    ]);
  });

  it.each([
    [["fr-FR", "en-GB", "nl"], "en"],
    [["NL-be"], "nl"],
    [[], "nl"],
    [["de"], "nl"],
  ])("%j asks for %s", (asked, expected) => {
    expect(preferred(asked)).toBe(expected);
  });
});
