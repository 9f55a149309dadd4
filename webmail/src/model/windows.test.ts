import { afterEach, describe, expect, it, vi } from "vitest";
import { bench, emailId, mailboxId, settled } from "../../test/bench";
import { Server } from "../../test/server/server";
import { Browser } from "../../test/windows";
import { blank } from "./composition";
import { HELD } from "./holds";
import { inMemory } from "./kept";
import { ofBrowser } from "./windows";

const INBOX = { kind: "mailbox", id: mailboxId("inbox"), only: [] } as const;

/** Two windows of a browser, both looking at the inbox. */
async function two() {
  const server = new Server();
  for (const id of ["a", "b", "c"]) server.deliver({ id });
  const browser = new Browser();
  const kept = inMemory();
  const open = async () => {
    const windows = browser.window();
    const there = await bench(() => {}, { server, kept, windows });
    await there.account.look(INBOX).need(0, 3);
    return there;
  };
  const sets = () => server.names.filter((name) => name === "Email/set").length;
  return { server, browser, kept, open, sets, one: await open(), other: await open() };
}

describe("two windows", () => {
  it("show what waits in either, and send it once", async () => {
    const { server, sets, one, other } = await two();
    server.fault = { kind: "offline" };
    await one.account.mark([emailId("a")], "flagged");
    await settled(server);
    await other.account.mark([emailId("a")], "unflagged");
    await settled(server);
    await one.account.mark([emailId("b")], "flagged");
    await settled(server);
    for (const { account } of [one, other]) {
      expect(account.outbox.waiting.value).toBe(3);
      expect(account.emails.shown(emailId("b"))?.keywords.has("$flagged")).toBe(true);
    }
    server.fault = null;
    await Promise.all([one.account.outbox.send(), other.account.outbox.send()]);
    await settled(server);
    expect(sets()).toBe(3);
    expect(server.records.emails.get("a")?.keywords).toEqual({});
    expect(server.records.emails.get("b")?.keywords).toEqual({ $flagged: true });
    for (const { account } of [one, other]) {
      expect(account.outbox.waiting.value).toBe(0);
      expect(account.emails.shown(emailId("b"))?.keywords.has("$flagged")).toBe(true);
    }
  });

  it("do what a window left that was closed", async () => {
    const { server, kept, sets, one, other } = await two();
    server.fault = { kind: "offline" };
    await one.account.mark([emailId("c")], "read");
    await one.account.stop();
    server.fault = null;
    await other.account.outbox.send();
    expect(sets()).toBe(1);
    expect(server.records.emails.get("c")?.keywords).toEqual({ $seen: true });
    expect((await kept.all("acts")).size).toBe(0);
  });

  it("have one message that is being written open in one of them", async () => {
    const { server, kept, open, one, other } = await two();
    const [identity] = one.account.identities.value;
    if (identity === undefined) throw new Error("an identity");
    const composition = blank(identity);
    one.desk.put(composition);
    one.desk.change(composition.key, { subject: "Hallo", text: "Dag Bram" });
    await one.desk.keepAll();
    const third = await open();
    expect(third.desk.open.value).toEqual([]);
    expect(other.desk.open.value).toEqual([]);
    await one.account.stop();
    const fourth = await open();
    await settled(server);
    expect(fourth.desk.of(composition.key)?.composition).toMatchObject({ subject: "Hallo", text: "Dag Bram" });
    expect((await kept.all("compositions")).size).toBe(1);
  });
});

describe("who logs out in one of two windows", () => {
  /** A message that is written in the other one, and that nobody has kept yet. */
  async function written() {
    const there = await two();
    const { one, other } = there;
    const [identity] = one.account.identities.value;
    if (identity === undefined) throw new Error("an identity");
    const composition = blank(identity);
    other.desk.put(composition);
    other.desk.change(composition.key, { subject: "Hallo", text: "Dag Bram" });
    return { ...there, composition, writing: await one.account.writing.want() };
  }

  it("has the other one save what is written there", async () => {
    const { server, writing } = await written();
    await writing.save();
    const drafts = [...server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds.drafts);
    expect(drafts).toMatchObject([{ subject: "Hallo" }]);
    expect(await writing.unsaved()).toBe(0);
  });

  it("is told of what could not be saved there", async () => {
    const { server, writing } = await written();
    server.fault = { kind: "offline" };
    await writing.save();
    expect(await writing.unsaved()).toBe(1);
    server.fault = null;
    await writing.save();
    expect(await writing.unsaved()).toBe(0);
  });

  it("is told of what no window answers for", async () => {
    const { browser, writing } = await two().then(async (there) => ({
      ...there,
      writing: await there.one.account.writing.want(),
    }));
    await browser.window().take(`${HELD}x`);
    void writing.save();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await writing.unsaved()).toBe(1);
  });

  it("waits no longer than another one who asked meanwhile", async () => {
    const { writing } = await written();
    const both = Promise.all([writing.save(), writing.save()]).then(() => "saved");
    const patience = new Promise((resolve) => setTimeout(resolve, 500, "waits"));
    expect(await Promise.race([both, patience])).toBe("saved");
    expect(await writing.unsaved()).toBe(0);
  });

  it("has an answer also from where nobody can write any more", async () => {
    const { other, writing } = await written();
    other.account.identities.set([]);
    const patience = new Promise((resolve) => setTimeout(resolve, 500, "waits"));
    expect(await Promise.race([writing.save().then(() => "saved"), patience])).toBe("saved");
    expect(await writing.unsaved()).toBe(1);
  });

  it("saves what a window left that was closed", async () => {
    const { server, other, writing } = await written();
    await other.account.stop();
    expect(await writing.unsaved()).toBe(1);
    await writing.save();
    const drafts = [...server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds.drafts);
    expect(drafts).toMatchObject([{ subject: "Hallo" }]);
    expect(await writing.unsaved()).toBe(0);
  });
});

describe("an act that the browser has no room for", () => {
  it("is done all the same", async () => {
    const kept = inMemory();
    const full = { ...kept, put: async () => Promise.reject(new DOMException("full", "QuotaExceededError")) };
    const { server, account } = await bench((filled) => filled.deliver({ id: "a" }), { kept: full });
    await account.look(INBOX).need(0, 1);
    await account.mark([emailId("a")], "flagged");
    await settled(server);
    expect(server.records.emails.get("a")?.keywords).toEqual({ $flagged: true });
    expect(account.outbox.waiting.value).toBe(0);
  });
});

describe("a window that is closed", () => {
  it("tells no more", () => {
    vi.stubGlobal("navigator", { locks: {} });
    const windows = ofBrowser("anna");
    windows.close();
    expect(() => windows.tell("more")).not.toThrow();
    vi.unstubAllGlobals();
  });
});

describe("the locks of a browser", () => {
  /** A browser that is printing when it gives the first locks. */
  function printing(times: number) {
    const asked: string[] = [];
    const request = async (name: string, _: LockOptions, run: () => Promise<unknown>) => {
      asked.push(name);
      if (asked.length <= times) throw new Error("The provided callback is no longer runnable.");
      return run();
    };
    vi.stubGlobal("navigator", { locks: { request } });
    const windows = ofBrowser("anna");
    windows.close();
    return { asked, windows };
  }
  afterEach(() => void vi.unstubAllGlobals());

  it("are asked for again when nobody could be called", async () => {
    const { asked, windows } = printing(2);
    const run = vi.fn(async () => {});
    await windows.alone("outbox", run);
    expect(run).toHaveBeenCalledOnce();
    expect(asked).toEqual(Array(3).fill("glaspost/anna/outbox"));
  });

  it("are taken also then", async () => {
    const letGo = await printing(1).windows.take("draft");
    expect(letGo).not.toBeNull();
    letGo?.();
  });

  it("are not taken when the patience ends", async () => {
    const request = () => Promise.reject(new DOMException("waited", "TimeoutError"));
    vi.stubGlobal("navigator", { locks: { request } });
    const windows = ofBrowser("anna");
    windows.close();
    expect(await windows.take("draft")).toBeNull();
  });

  it("run once what fails by itself", async () => {
    const { asked, windows } = printing(0);
    await expect(windows.alone("outbox", () => Promise.reject(new Error("a fault")))).rejects.toThrow("a fault");
    expect(asked).toHaveLength(1);
  });
});
