import { describe, expect, it } from "vitest";
import { mailboxId } from "../../test/bench";
import { day, filter, has, type Names, pieces, split, terms, toggled, without, written } from "./search";

const find: Names = {
  mailbox: (name) => (name.toLowerCase() === "archief" ? mailboxId("m7") : undefined),
  label: (name) => (name.toLowerCase() === "ons huis" ? "ons_huis" : undefined),
};

describe("what is typed into the search field", () => {
  it.each<[string, unknown]>([
    ["factuur", { text: "factuur" }],
    ["van:bram", { from: "bram" }],
    ["from:bram", { from: "bram" }],
    ["FROM:Bram", { from: "Bram" }],
    ["aan:anna", { to: "anna" }],
    ['onderwerp:"nieuwe fiets"', { subject: "nieuwe fiets" }],
    ['"nieuwe fiets"', { text: "nieuwe fiets" }],
    ["has:attachment", { hasAttachment: true }],
    ["heeft:bijlage", { hasAttachment: true }],
    ["in:archief", { inMailbox: "m7" }],
    ["is:ongelezen", { notKeyword: "$seen" }],
    ['label:"Ons huis"', { hasKeyword: "ons_huis" }],
    ["label:nergens", null],
    ["groter:2M", { minSize: 2 * 1024 * 1024 }],
    ["smaller:10kB", { maxSize: 10240 }],
    ["van:bram factuur", { operator: "AND", conditions: [{ from: "bram" }, { text: "factuur" }] }],
    ["https://voorbeeld.example/x", { text: "https://voorbeeld.example/x" }],
    ["constructor:x", { text: "constructor:x" }],
    ["", null],
    ['""', null],
    ["in:nergens", null],
    ["voor:gisteren", null],
  ])("%j asks for %j", (typed, expected) => {
    expect(filter(terms(typed, find))).toEqual(expected);
  });

  it("keeps what it does not understand in sight", () => {
    expect(terms("in:nergens fiets", find).map(({ text, kind }) => [text, kind])).toEqual([
      ["in:nergens", "not-understood"],
      ["fiets", "word"],
    ]);
  });

  it("is what it was without the chip that is taken away", () => {
    const all = terms('van:"Jan Jansen" fiets is:ster', find);
    const [first, second] = all;
    if (first === undefined || second === undefined) throw new Error("three terms");
    expect(without(all, second)).toBe('van:"Jan Jansen" is:ster');
    expect(without(all, first)).toBe("fiets is:ster");
  });

  it("splits at spaces outside quotes, also where one is left open", () => {
    expect(pieces('a van:"b c" "d e" f"g "open end')).toEqual(["a", 'van:"b c"', '"d e"', 'f"g', '"open end']);
  });

  it.each<[string, string | null]>([
    ["2026-11-30", new Date(2026, 10, 30).toISOString().replace(".000Z", "Z")],
    ["30-11-2026", new Date(2026, 10, 30).toISOString().replace(".000Z", "Z")],
    ["1/2/2026", new Date(2026, 1, 1).toISOString().replace(".000Z", "Z")],
    ["31-2-2026", null],
    ["2026", null],
  ])("reads %j as a day", (typed, expected) => {
    expect(day(typed)).toBe(expected);
  });
});

describe("the field", () => {
  it.each<[string, string[], string]>([
    ["fiets", [], "fiets"],
    ["fiets ", [], "fiets "],
    ["van:bram", [], "van:bram"],
    ["van:bram ", ["van:bram"], ""],
    ["van:bram is:ongelezen fiets", ["van:bram", "is:ongelezen"], "fiets"],
    ["fiets van:bram rood ", ["van:bram"], "fiets rood "],
    // an operator without a value waits for one
    ["van: fiets", [], "van: fiets"],
    ["voor:gisteren ", ["voor:gisteren"], ""],
    ['""', [], '""'],
    ['onderwerp:"nieuwe fiets" x', ['onderwerp:"nieuwe fiets"'], "x"],
  ])("%j shows chips and words", (typed, chips, rest) => {
    const found = split(typed, find);
    expect([found.chips.map(({ text }) => text), found.rest]).toEqual([chips, rest]);
  });

  it("gives a condition and takes it away, however it was written", () => {
    expect(toggled("fiets", "is:ongelezen", find)).toBe("fiets is:ongelezen");
    expect(toggled("is:unread fiets", "is:ongelezen", find)).toBe("fiets");
    expect([has("is:unread fiets", "is:ongelezen", find), has("fiets", "is:ongelezen", find)]).toEqual([true, false]);
    expect(has("fiets  rood", "is:ongelezen", find)).toBe(false);
  });

  it("writes a value so that it is read as one", () => {
    for (const value of ["Ons huis", "Werk", 'zo "heet" het']) {
      const [term, ...more] = terms(written("label", value), { ...find, label: (name) => name });
      expect([term?.condition, more]).toEqual([{ hasKeyword: value.replace(/"/g, "") }, []]);
    }
  });
});
