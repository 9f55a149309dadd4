import { describe, expect, it } from "vitest";
import { chance } from "../../../test/chance";
import { calendar, lineNamed, textNamed, textOf } from "./lines";

const file = (...lines: string[]) => ["BEGIN:VCALENDAR", ...lines, "END:VCALENDAR"].join("\r\n");

describe("a calendar file", () => {
  it("is components with lines, wherever they are folded", () => {
    const told = file("METHOD:REQUEST", "BEGIN:VEVENT", "SUMMARY:Fiet", " sen\\, en", "\t koffie", "END:VEVENT");
    const read = calendar(told);
    expect(read?.inside.map(({ name }) => name)).toEqual(["VEVENT"]);
    expect(read?.inside[0] && textNamed(read.inside[0], "SUMMARY")).toBe("Fietsen, en koffie");
    expect(calendar(told.replaceAll("\r\n", "\n"))).toEqual(read);
    expect(calendar(`\uFEFF${told}`)).toEqual(read);
  });

  it.each([
    ["A;B=c:d", "B", "c", "d"],
    ['a;cn="Jan; de: Man":mailto:x@y.example', "CN", "Jan; de: Man", "mailto:x@y.example"],
    ["A;CN=O^'Hara ^^ ^n x:d", "CN", 'O"Hara ^ \n x', "d"],
    ['A;X="a","b":c:d', "X", "a", "c:d"],
    ["A;B=1;B=2:d", "B", "1", "d"],
  ])("has lines with parameters: %s", (line, name, parameter, value) => {
    const read = calendar(file(line));
    expect(read?.lines[0]?.parameters.get(name)).toBe(parameter);
    expect(read?.lines[0]?.value).toBe(value);
  });

  it.each(["", "BEGIN:VEVENT\r\nEND:VEVENT", "hello", "BEGIN VCALENDAR"])("is none: %j", (text) => {
    expect(calendar(text)).toBeNull();
  });

  it("is read as far as it goes where it was cut off, or is broken", () => {
    const cut = calendar("BEGIN:VCALENDAR\nMETHOD:X\nBEGIN:VEVENT\nUID:1\nSUMM");
    expect(cut?.inside[0] && lineNamed(cut.inside[0], "UID")?.value).toBe("1");
    const broken = calendar(file("END:VEVENT", ";=", 'A;B="c', "BEGIN:VEVENT", "END:VALARM", "UID:2", "END:VEVENT"));
    expect(broken?.inside[0]?.lines.map(({ raw }) => raw)).toEqual(["UID:2"]);
  });

  it("does not go deep, and comes back from there", () => {
    const many = Array.from({ length: 50_000 }, () => "BEGIN:X");
    expect(calendar(file(...many))?.inside.length).toBe(1);
    const deep = Array.from({ length: 9 }, () => "BEGIN:X");
    const ended = [...deep, "Y:too deep", ...deep.map(() => "END:X"), "Z:here"];
    expect(calendar(file(...ended))?.lines.map(({ raw }) => raw)).toEqual(["Z:here"]);
  });

  it("costs no more than its length, whatever it says", () => {
    const before = Date.now();
    calendar(file(`A${';B="'.repeat(100_000)}`, `A;B=${",".repeat(100_000)}`, "x".repeat(1 << 20)));
    calendar(file(...Array.from({ length: 100_000 }, () => " x")));
    expect(Date.now() - before).toBeLessThan(2_000);
  });

  it("is whatever chance says, and nothing breaks", () => {
    const dice = chance(7);
    const pieces = [
      "BEGIN:",
      "END:",
      "VCALENDAR",
      "VEVENT",
      "\r\n",
      "\n ",
      ";",
      "=",
      '"',
      ":",
      "\\",
      "^",
      "\0",
      "é",
      "TZID",
    ];
    for (let round = 0; round < 300; round += 1) {
      const words = Array.from({ length: 60 }, () => pieces[dice(pieces.length)]);
      const read = calendar(`BEGIN:VCALENDAR\n${words.join("")}`);
      for (const line of read?.lines ?? []) expect(textOf(line.value)).not.toMatch(/[\0\r]/);
    }
  });
});

describe("a text", () => {
  it.each([
    ["a\\nb\\Nc", "a\nb\nc"],
    ["a\\\\n", "a\\n"],
    ["\\;\\,", ";,"],
    ["foto\u202Egpj.exe", "fotogpj.exe"],
    ["a\rb\u0007", "ab"],
  ])("%j reads %j", (value, text) => {
    expect(textOf(value)).toBe(text);
  });
});
