import { describe, expect, it } from "vitest";
import type { Role } from "../model/mailboxes";
import { meantIn } from "./doing";

describe("what buttons and keys do", () => {
  it.each<[Role | null, (string | null)[]]>([
    [null, ["archive", "trash", "junk"]],
    ["inbox", ["archive", "trash", "junk"]],
    ["archive", [null, "trash", "junk"]],
    ["sent", ["archive", "trash", null]],
    ["drafts", [null, "destroy", null]],
    ["junk", ["archive", "trash", "notJunk"]],
    ["trash", ["archive", "destroy", "junk"]],
  ])("in %s is %j", (role, expected) => {
    expect((["archive", "trash", "junk"] as const).map((act) => meantIn(role, act))).toEqual(expected);
  });
});
