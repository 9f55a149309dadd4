import { describe, expect, it } from "vitest";
import { bench } from "../../test/bench";
import { createMailbox } from "./mailbox_acts";
import { isMeant, paths } from "./mailbox_paths";

describe("paths of mailboxes", () => {
  it("tell apart what has one name", async () => {
    const { account } = await bench();
    for (const name of ["Werk", "Huis"]) {
      const outer = await createMailbox(account.client, name, null);
      const inner = await createMailbox(account.client, "2026", outer);
      await createMailbox(account.client, "Mei", inner);
    }
    await account.follow();
    const all = paths(account.mailboxes.all.value, ({ mailbox }) => mailbox.name);
    const names = (typed: string) => all.filter((one) => isMeant(one, typed)).map(({ names }) => names.join("/"));
    expect(names("2026")).toEqual(["Huis/2026", "Huis/2026/Mei", "Werk/2026", "Werk/2026/Mei"]);
    expect(names(" werk 2026 ")).toEqual(["Werk/2026", "Werk/2026/Mei"]);
    expect(names("Huis")[0]).toBe("Huis");
  });
});
