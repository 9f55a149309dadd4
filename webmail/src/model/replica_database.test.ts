import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { type Change, database, PIECE } from "./replica_database";

describe("many records", () => {
  const many = 3 * PIECE + 1;

  it.each([
    ["in pieces", PIECE],
    ["at once", many],
  ] as const)("are put %s, in one transaction", async (how, first) => {
    const opened = await database("a1", new IDBFactory());
    let taken = 0;
    function* changes(): Generator<Change> {
      for (; taken < many; ) {
        taken += 1;
        yield { kind: "emails", key: `e${taken}`, value: { taken } };
      }
    }
    const writing = opened.write(changes(), how);
    expect(taken).toBe(first);
    await writing;
    const kept = await opened.all("emails");
    expect([kept.size, kept.get(`e${many}`)]).toEqual([many, { taken: many }]);
  });
});
