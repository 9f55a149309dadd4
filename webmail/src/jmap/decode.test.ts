import { describe, expect, it } from "vitest";
import {
  absent,
  answer,
  attempt,
  count,
  type Decoder,
  date,
  flag,
  id,
  json,
  keys,
  list,
  map,
  nullable,
  object,
  oneOf,
  text,
} from "./decode";
import { Failure } from "./problem";

/** What a decoder says about a value: the value itself, or where it is wrong. */
function said(of: Decoder<unknown>, value: unknown): unknown {
  try {
    return { value: of(value, "x") };
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.problem.kind === "malformed") return thrown.problem.where;
    throw thrown;
  }
}

describe("decoders", () => {
  const inner = object({ id: id<"Email">(), size: count, seen: absent(flag, false) });
  it.each<[string, Decoder<unknown>, unknown, unknown]>([
    ["a text", text, "a", { value: "a" }],
    ["a number for a text", text, 1, "x"],
    ["a count", count, 0, { value: 0 }],
    ["less than nothing", count, -1, "x"],
    ["a part", count, 1.5, "x"],
    ["more than is exact", count, 2 ** 60, "x"],
    ["a date", date, "2026-11-30T04:00:00Z", { value: 1796011200000 }],
    ["no date", date, "yesterday", "x"],
    ["an empty id", id(), "", "x"],
    ["null where it may be", nullable(text), null, { value: null }],
    ["absent where it must not be", nullable(text), undefined, "x"],
    ["a list", list(count), [1, 2], { value: [1, 2] }],
    ["a fault in a list", list(count), [1, "2"], "x/1"],
    ["an object", inner, { id: "a", size: 1, more: true }, { value: { id: "a", size: 1, seen: false } }],
    ["a fault in a list of objects", list(inner), [{ id: "a", size: null }], "x/0/size"],
    ["a list for an object", inner, [], "x"],
    ["a property that the object only inherits", object({ toString: text }), {}, "x/toString"],
    ["one of two words", oneOf("a", "b"), "b", { value: "b" }],
    ["a third word", oneOf("a", "b"), "c", "x"],
    ["an answer of two", answer, ["a", {}], "x"],
  ])("reads or refuses %s", (_, of, value, expected) => {
    expect(said(of, value)).toEqual(expected);
  });

  it("takes names of a map as they are, whatever they are", () => {
    const read = map(count)(JSON.parse('{"__proto__":1,"constructor":2}'), "x");
    expect([...read]).toEqual([
      ["__proto__", 1],
      ["constructor", 2],
    ]);
  });

  it("takes only what is true into a set", () => {
    expect([...keys()({ a: true, b: false, c: 1 }, "x")]).toEqual(["a"]);
  });

  it("gives null for what it cannot read where that is asked for", () => {
    expect(json("{")).toBeNull();
    expect(attempt(text, 1)).toBeNull();
    expect(attempt(text, "a")).toBe("a");
  });
});
