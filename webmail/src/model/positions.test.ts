import { describe, expect, it } from "vitest";
import { chance } from "../../test/chance";
import { Positions } from "./positions";

/** What changed between two lists, as a server says it. */
function difference(before: readonly string[], now: readonly string[]) {
  const [was, is] = [new Set(before), new Set(now)];
  return {
    removed: before.filter((one) => !is.has(one)),
    added: now.flatMap((one, index) => (was.has(one) ? [] : [{ id: one, index }])),
  };
}

describe("positions", () => {
  it("are, after any history, those of the server wherever they are known", () => {
    for (let seed = 1; seed <= 100; seed += 1) {
      const below = chance(seed);
      let next = 0;
      let server = Array.from({ length: 40 }, () => `m${next++}`);
      const here = new Positions<string>();
      here.put(0, server.slice(0, 10));
      for (let step = 0; step < 30; step += 1) {
        const before = server;
        const window = below(4) * 10;
        if (below(2) === 0) here.put(window, before.slice(window, window + 10));
        server = server.filter(() => below(12) > 0);
        for (let come = below(4); come > 0; come -= 1) server.splice(below(server.length + 1), 0, `m${next++}`);
        const { removed, added } = difference(before, server);
        here.change(removed, added, server.length);
        const wrong = server.filter((one, index) => (here.at(index) ?? one) !== one);
        expect(wrong).toEqual([]);
        expect(here.at(server.length)).toBeUndefined();
        // and each is found where it is
        const known = server.flatMap((one, index) => (here.at(index) === one ? [[one, index]] : []));
        expect(known.map(([one]) => [one, here.indexOf(String(one))])).toEqual(known);
        expect(removed.map((one) => here.indexOf(one))).toEqual(removed.map(() => -1));
      }
    }
  });

  it("move up when rows go, the unknown ones too", () => {
    const here = new Positions<string>();
    here.put(0, ["a", "b"]);
    here.put(5, ["f", "g"]);
    here.change(["a"], [], 6);
    expect([0, 1, 4, 5].map((index) => here.at(index))).toEqual(["b", undefined, "f", "g"]);
  });

  it("find thousands as fast as one", () => {
    const here = new Positions<string>();
    const many = Array.from({ length: 100_000 }, (_, index) => `m${index}`);
    here.put(0, many);
    const begun = performance.now();
    expect(many.every((one, index) => here.indexOf(one) === index)).toBe(true);
    // by looking through all of them each time it takes minutes
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  it("know where the first hole is", () => {
    const here = new Positions<string>();
    expect([here.whole, here.lastWhole, here.hasHoles]).toEqual([0, null, false]);
    here.put(0, ["a"]);
    here.put(2, ["c"]);
    expect([here.whole, here.lastWhole, here.hasHoles]).toEqual([1, "a", true]);
    here.put(1, ["b"]);
    expect([here.whole, here.lastWhole, here.hasHoles]).toEqual([3, "c", false]);
  });

  it("below a hole are forgotten when an unknown id went", () => {
    const here = new Positions<string>();
    here.put(0, ["a"]);
    here.put(5, ["f"]);
    here.change(["unknown"], [], 5);
    expect([here.at(0), here.at(5), here.at(4)]).toEqual(["a", undefined, undefined]);
  });
});
