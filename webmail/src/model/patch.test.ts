import { describe, expect, it } from "vitest";
import { chance } from "../../test/chance";
import { id } from "../jmap/decode";
import type { MailboxId } from "../jmap/ids";
import { applied, inverse, type Marks, patch, patchObject } from "./patch";

const boxes: readonly MailboxId[] = ["a", "b", "c"].map((name) => id<"Mailbox">()(name, ""));
const words = ["$seen", "$flagged", "x/y~z"];

describe("a patch", () => {
  it("turned round brings back what was, whatever it did", () => {
    const below = chance(8);
    const some = <T>(of: readonly T[]) => of.filter(() => below(2) === 0);
    for (let round = 0; round < 2000; round += 1) {
      const before: Marks = { mailboxIds: new Set(some(boxes)), keywords: new Set(some(words)) };
      const act = patch({ into: some(boxes), outOf: some(boxes), mark: some(words), unmark: some(words) });
      expect(applied(applied(before, act), inverse(before, act))).toEqual(before);
    }
  });

  it("is written as paths, with the signs that a path needs", () => {
    const [a, b] = boxes;
    if (a === undefined || b === undefined) throw new Error("two mailboxes");
    expect(patchObject(patch({ into: [a], outOf: [b], mark: ["x/y~z"], unmark: ["$seen"] }))).toEqual({
      "mailboxIds/a": true,
      "mailboxIds/b": null,
      "keywords/x~1y~0z": true,
      "keywords/$seen": null,
    });
  });
});
