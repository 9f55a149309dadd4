import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Bench, bench } from "../../test/bench";
import { Browser } from "../../test/windows";
import { blank } from "../model/composition";
import { inMemory } from "../model/kept";
import { read } from "../model/preferences";
import { Entrance } from "./entrance.svelte";

beforeEach(() => {
  const shelf = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => shelf.get(key) ?? null,
    setItem: (key: string, value: string) => void shelf.set(key, value),
  });
});
afterEach(() => void vi.unstubAllGlobals());

function entranceOf({ server, account }: Bench): Entrance {
  const preferences = read({ getItem: () => null, setItem: () => {} }, ["nl"]);
  const entrance = new Entrance(server, { preferences, change: () => {}, go: () => {} });
  entrance.stage = { kind: "in", account };
  return entrance;
}

function write({ account, desk }: Bench): void {
  const [identity] = account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const composition = blank(identity);
  desk.put(composition);
  desk.change(composition.key, { subject: "Hallo", text: "Dag Bram" });
}

describe("who logs out", () => {
  it("leaves once when it is clicked twice, with a message open in another window", async () => {
    const [browser, kept] = [new Browser(), inMemory()];
    const here = await bench(() => {}, { kept, windows: browser.window() });
    write(await bench(() => {}, { kept, server: here.server, windows: browser.window() }));
    const entrance = entranceOf(here);
    const close = vi.spyOn(here.account, "close");
    await Promise.all([entrance.leave(here.account), entrance.leave(here.account)]);
    expect(close).toHaveBeenCalledOnce();
    expect(entrance.stage).toMatchObject({ kind: "out", why: "nobody" });
  });

  it("is asked nothing, and ends nobody's login, where another window has logged out meanwhile", async () => {
    const here = await bench();
    write(here);
    here.account.identities.set([]);
    const entrance = entranceOf(here);
    const leaving = entrance.leave(here.account);
    entrance.stage = { kind: "out", why: "nobody", name: "" };
    await leaving;
    expect(entrance.asked).toBeNull();
    expect(here.account.ended.value).toBe(false);
  });

  it("is asked first where an import goes on, and not when it has ended", async () => {
    const here = await bench();
    const entrance = entranceOf(here);
    here.account.importing.set(1);
    await entrance.leave(here.account);
    expect(entrance.asked).toMatchObject({ unsent: 0, importing: 1 });
    expect(here.account.ended.value).toBe(false);
    here.account.importing.set(0);
    await entrance.leave(here.account);
    expect(here.account.ended.value).toBe(true);
  });

  it("is asked also where the account has nobody to write as any more", async () => {
    const here = await bench();
    write(here);
    here.account.identities.set([]);
    const entrance = entranceOf(here);
    await entrance.leave(here.account);
    expect(entrance.asked).toMatchObject({ unsent: 1 });
    await entrance.leaveNow(here.account);
    expect(entrance.stage).toMatchObject({ kind: "out", why: "nobody" });
  });
});
