import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Bench, bench } from "../../test/bench";
import { Browser } from "../../test/windows";
import { blank } from "../model/composition";
import { readHere, readLeft, writeHere, writeLeft } from "../model/here";
import { importing } from "../model/importing";
import { inBrowser, inMemory, type Kept } from "../model/kept";
import { read } from "../model/preferences";
import { database } from "../model/replica_database";
import { Entrance, RECALLED, UNANSWERED } from "./entrance.svelte";

beforeEach(() => {
  const shelf = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => shelf.get(key) ?? null,
    setItem: (key: string, value: string) => void shelf.set(key, value),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

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

  it("is asked first where an import goes on in another window", async () => {
    const browser = new Browser();
    const here = await bench(() => {}, { windows: browser.window() });
    const there = await bench(() => {}, { server: here.server, windows: browser.window() });
    let end = () => {};
    const going = importing(there.account, () => new Promise((resolve) => (end = resolve)));
    const entrance = entranceOf(here);
    await entrance.leave(here.account);
    expect(entrance.asked).toMatchObject({ unsent: 0, importing: 1 });
    end();
    await going;
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

describe("whose browser does not answer", () => {
  const never = () => new Promise<never>(() => {});
  const silent: Kept = { ...inMemory(), all: never, clear: never };
  /** Databases that nobody can open. */
  const closed = { open: () => ({}) };

  /** What a page of one's own needs of a browser. */
  function pushed(): void {
    vi.stubGlobal("navigator", {});
    vi.stubGlobal(
      "EventSource",
      class extends EventTarget {
        close() {}
      },
    );
  }

  /** The account of somebody who left a draft and mail in the databases that are returned. */
  async function left(): Promise<{ databases: IDBFactory; here: Bench; entrance: Entrance }> {
    const databases = new IDBFactory();
    await (await inBrowser("a1", databases)).put("compositions", "x", { text: "Dag" });
    await (await database("a1", databases)).write([{ kind: "state", key: "session", value: {} }]);
    const here = await bench();
    const { ask } = here.server;
    here.server.ask = async (question) => (question.url === "/jmap/logout" ? null : ask.call(here.server, question));
    writeHere(localStorage, {
      account: here.account.client.accountId,
      name: "anna",
      stage: "in",
      kept: true,
      push: null,
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    return { databases, here, entrance: entranceOf(here) };
  }

  async function kept(databases: IDBFactory): Promise<number> {
    const written = await (await inBrowser("a1", databases)).all("compositions");
    return written.size + (await (await database("a1", databases)).all("state")).size;
  }

  /** Leaves a browser whose databases do not answer. */
  async function leaveUnanswered(here: Bench, entrance: Entrance): Promise<void> {
    Object.assign(here.kept, silent);
    vi.stubGlobal("indexedDB", closed);
    const leaving = entrance.leaveNow(here.account);
    for (let waited = 0; waited < 3; waited += 1) await vi.advanceTimersByTimeAsync(UNANSWERED);
    await leaving;
  }

  it("is asked, in time, about what is known to be unsaved", async () => {
    const there = await bench(() => {}, { kept: inMemory() });
    write(there);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    there.server.fault = { kind: "offline" };
    there.kept.all = never;
    const entrance = entranceOf(there);
    const leaving = entrance.leave(there.account);
    for (let waited = 0; waited < 3; waited += 1) await vi.advanceTimersByTimeAsync(UNANSWERED);
    await leaving;
    expect(entrance.asked).toMatchObject({ unsent: 1 });
  });

  it("is logged out in time, and what could not be cleared the next page clears before anything else", async () => {
    const { databases, here, entrance } = await left();
    await leaveUnanswered(here, entrance);
    expect(entrance.stage).toMatchObject({ kind: "out", why: "nobody" });
    expect([readHere(localStorage), readLeft(localStorage)]).toEqual([null, ["a1"]]);
    vi.useRealTimers();
    vi.stubGlobal("indexedDB", databases);
    expect(await kept(databases)).toBe(2);
    await entrance.leaveFirst();
    expect([await kept(databases), readLeft(localStorage)]).toEqual([0, []]);
  });

  it("is in all the same, in time, and out when the session ends", async () => {
    const { here, entrance } = await left();
    vi.stubGlobal("indexedDB", closed);
    pushed();
    const starting = entrance.start();
    await vi.advanceTimersByTimeAsync(RECALLED);
    await starting;
    if (entrance.stage.kind !== "in") throw new Error(entrance.stage.kind);
    const { account } = entrance.stage;
    const { desk } = await account.writing.want();
    write({ ...here, account, desk });
    here.server.fault = { kind: "signed-out" };
    account.line.set({ kind: "broken", cause: { kind: "signed-out" } });
    await vi.advanceTimersByTimeAsync(UNANSWERED);
    expect(entrance.stage).toMatchObject({ kind: "out", why: "ended" });
  });

  it("finds what she writes after she has logged in again", async () => {
    const { databases, here, entrance } = await left();
    await leaveUnanswered(here, entrance);
    vi.useRealTimers();
    vi.stubGlobal("indexedDB", databases);
    pushed();
    await entrance.open();
    await entrance.leaveFirst();
    expect([await kept(databases), readLeft(localStorage)]).toEqual([2, []]);
  });

  it("keeps what she writes after she has logged in again, when the browser answers only then", async () => {
    const { databases, here, entrance } = await left();
    vi.useRealTimers();
    pushed();
    vi.stubGlobal("indexedDB", databases);
    writeLeft(localStorage, [here.account.client.accountId]);
    // of the two databases one is slow
    let answer = () => {};
    const slow = new Promise<void>((resolve) => (answer = resolve));
    const open = databases.open.bind(databases);
    vi.spyOn(databases, "open").mockImplementation((name, version) => {
      if (!name.startsWith("glaspost-mail")) return open(name, version);
      const request = { result: null as IDBDatabase | null, onsuccess: () => {} };
      void slow.then(() => {
        const real = open(name, version);
        real.onsuccess = () => {
          request.result = real.result;
          request.onsuccess();
        };
      });
      return request as unknown as IDBOpenDBRequest;
    });
    const leaving = entrance.leaveFirst();
    await entrance.open();
    await (await inBrowser("a1", databases)).put("compositions", "y", { text: "Dag weer" });
    answer();
    await leaving;
    await (await database("a1", databases)).all("state");
    expect([...(await (await inBrowser("a1", databases)).all("compositions")).keys()]).toContain("y");
  });

  it("ends nobody's login where somebody has logged in meanwhile in another window", async () => {
    const { here, entrance } = await left();
    const ask = vi.spyOn(here.server, "ask");
    const was = readHere(localStorage);
    if (was === null) throw new Error("somebody was in");
    writeHere(localStorage, { ...was, stage: "leaving" });
    writeLeft(localStorage, [was.account]);
    vi.stubGlobal("indexedDB", closed);
    const leaving = entrance.leaveFirst();
    writeHere(localStorage, was);
    await vi.advanceTimersByTimeAsync(UNANSWERED);
    expect(await leaving).toBe(true);
    expect(ask).not.toHaveBeenCalled();
    expect(readHere(localStorage)).toEqual(was);
  });
});
