import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { bench, emailId, mailboxId, Scene, settled } from "../../test/bench";
import { Server } from "../../test/server/server";
import { Browser } from "../../test/windows";
import { OWN } from "../jmap/own";
import { Account } from "./account";
import { KEEP_AFTER, keep } from "./keeping";
import { inMemory } from "./kept";
import { Replica } from "./replica";
import { LONGEST, MOST_LETTERS, MOST_OCTETS, MOST_PIECES, surplus, weighed } from "./replica_bounds";
import { database } from "./replica_database";
import { alone, type Windows } from "./windows";

const INBOX = { kind: "mailbox", id: mailboxId("inbox"), only: [] } as const;

describe("what is kept of an account", () => {
  let databases: IDBFactory;
  let server: Server;
  const kept = inMemory();
  const replica = async () => new Replica(await database("a1", databases));

  beforeEach(async () => {
    databases = new IDBFactory();
    server = new Server();
    for (const id of ["a", "b", "c"]) server.deliver({ id, threadId: id === "c" ? "t-b" : `t-${id}` });
    await kept.clear();
  });

  /** A page that has looked at the inbox and kept what it saw. */
  async function page(windows: Windows = alone()) {
    const there = await bench(() => {}, { server, kept, windows, conversations: true });
    await there.account.look(INBOX).need(0, 3);
    keep(there.account, await replica());
    there.scene.pass(KEEP_AFTER);
    await vi.waitFor(async () => expect(await (await replica()).recalled()).not.toBeNull());
    return there;
  }

  /** The next page of the same browser. */
  async function next(windows: Windows = alone()) {
    const found = await replica();
    const left = await found.recalled();
    if (left === null) throw new Error("nothing was kept");
    const scene = new Scene();
    const options = { conversations: true, around: scene.around, windows };
    const account = await Account.recalled(server, async () => kept, options, left);
    const list = account.look(INBOX);
    return { account, list, scene, found };
  }

  it("is there without a network: mailboxes, rows, conversations and what was read", async () => {
    const { account } = await page();
    await account.messages.of(emailId("a"));
    await account.stop();
    server.fault = { kind: "offline" };
    const after = await next();
    await settled(server);
    expect([after.list.at(0), after.list.at(1), after.list.total]).toEqual(["c", "a", 2]);
    expect(after.account.mailboxes.withRole("inbox")?.unreadEmails).toBe(3);
    expect(after.account.row(emailId("c")).map(({ id }) => id)).toEqual(["b", "c"]);
    expect(after.account.line.value).toEqual({ kind: "broken", cause: { kind: "offline" } });
    keep(after.account, after.found);
    expect((await after.account.messages.of(emailId("a"))).bodyValues.get("1")?.value).toBe("Text of a");
    await expect(after.account.messages.of(emailId("b"))).rejects.toThrow("offline");
  });

  it("has labels and saved searches, and follows them", async () => {
    server.offers = { [OWN]: { maxLabels: 10, maxSavedSearches: 10 } };
    server.records.labels.set("l1", { id: "l1", keyword: "werk", name: "Werk", color: "#2563c9", sortOrder: 0 });
    server.records.searches.set("s1", { id: "s1", name: "Fiets", text: "fiets van:bram", sortOrder: 0 });
    const before = await page();
    await before.account.own.labels.create({ name: "Huis" });
    await before.account.stop();
    server.fault = { kind: "offline" };
    const { account, scene } = await next();
    await settled(server);
    const { labels, searches } = account.own;
    expect(labels.all.value.map(({ name, color }) => [name, color])).toEqual([
      ["Huis", null],
      ["Werk", "#2563c9"],
    ]);
    expect(searches.all.value.map(({ name, text }) => [name, text])).toEqual([["Fiets", "fiets van:bram"]]);
    server.records.labels.delete("l1");
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect(labels.all.value.map(({ name }) => name)).toEqual(["Huis"]);
  });

  it("is brought up to date when there is a network", async () => {
    await (await page()).account.stop();
    server.deliver({ id: "d" });
    server.records.remove("a");
    server.fault = { kind: "offline" };
    const { account, list, scene } = await next();
    await settled(server);
    expect(list.at(0)).toBe("c");
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect([list.at(0), list.at(1), list.total]).toEqual(["d", "c", 2]);
    expect(account.emails.knows(emailId("a"))).toBe(false);
    expect(account.line.value.kind).toBe("open");
  });

  it("asks nothing in the name of somebody else who has logged in meanwhile", async () => {
    const before = await page();
    server.fault = { kind: "offline" };
    await before.account.mark([emailId("a")], "flagged");
    await before.account.stop();
    server.fault = null;
    const session = server.session.bind(server);
    server.session = () => ({ ...(session() as object), primaryAccounts: { "urn:ietf:params:jmap:mail": "a2" } });
    server.calls.length = 0;
    const { account } = await next();
    await settled(server);
    expect(account.line.value).toEqual({ kind: "broken", cause: { kind: "signed-out" } });
    expect(server.calls).toEqual([]);
    expect((await kept.all("acts")).size).toBe(1);
  });

  it("shows what was done without a network over what the server had", async () => {
    const before = await page();
    server.fault = { kind: "offline" };
    await before.account.move([emailId("a")], mailboxId("archive"), "archived");
    await before.account.stop();
    const { account, list } = await next();
    expect(account.outbox.waiting.value).toBe(1);
    expect([list.at(0), list.total]).toEqual(["c", 1]);
  });

  it("goes with whoever logs out, and nothing comes after it", async () => {
    const { account } = await page();
    await account.messages.of(emailId("a"));
    const late = await database("a1", databases);
    await account.close();
    await late.writeWhileIn([{ kind: "pages", key: "a/1", value: "late" }]);
    await late.writeWhileIn([{ kind: "files", key: "ba-1/pdf/x", value: "late" }]);
    expect(await (await replica()).recalled()).toBeNull();
    for (const kind of ["emails", "messages", "pages", "files", "state"] as const)
      expect((await late.all(kind)).size).toBe(0);
  });

  it("is written by one window; the next one that writes begins anew", async () => {
    const browser = new Browser();
    const one = await page(browser.window());
    const other = await page(browser.window());
    server.deliver({ id: "d" });
    other.scene.changed();
    await settled(server);
    other.scene.pass(KEEP_AFTER);
    await settled(server);
    expect((await (await replica()).recalled())?.emails.has(emailId("d"))).toBe(false);
    await one.account.stop();
    await vi.waitFor(async () => expect((await (await replica()).recalled())?.emails.has(emailId("d"))).toBe(true));
  });

  it("loses a message that is no more, with its document and its files", async () => {
    const { account, scene } = await page();
    await account.messages.of(emailId("a"));
    const look = await database("a1", databases);
    const weight = { at: Date.now(), size: 1 };
    const shown = [...weighed("pages", "a/1", "document", weight), ...weighed("files", "ba-1/pdf/x", "file", weight)];
    await look.writeWhileIn([...shown, ...weighed("files", "bb-1/pdf/x", "of another", weight)]);
    await vi.waitFor(async () => expect((await look.all("messages")).size).toBe(1));
    server.records.remove("a");
    scene.changed();
    await settled(server);
    for (const kind of ["messages", "pages"] as const) {
      await vi.waitFor(async () => expect((await look.all(kind)).size).toBe(0));
    }
    for (const kind of ["files", "sizes"] as const) expect((await look.all(kind)).size).toBe(1);
  });
});

describe("what stays of what was read", () => {
  const now = 10 * LONGEST;

  it("is not too old", () => {
    const weights = new Map([
      ["messages/old", { at: now - LONGEST - 1, size: 1 }],
      ["messages/new", { at: now - LONGEST, size: 1 }],
    ]);
    expect(surplus(weights, now)).toEqual(["messages/old"]);
  });

  it("is not too much: what was read last stays", () => {
    const half = MOST_LETTERS / 2;
    const large = new Map(["a", "b", "c"].map((key, index) => [key, { at: now - index, size: half }]));
    expect(surplus(large, now)).toEqual(["c"]);
    // files are beside: neither takes the room of the other
    const files = new Map(
      ["a", "b", "c"].map((key, age) => [`files/${key}`, { at: now - age, size: MOST_OCTETS / 2 }]),
    );
    expect(surplus(new Map([...large, ...files]), now)).toEqual(["c", "files/c"]);
    const many = new Map(
      Array.from({ length: MOST_PIECES + 2 }, (_, index) => [`${index}`, { at: now - index, size: 1 }]),
    );
    expect(surplus(many, now)).toEqual([`${MOST_PIECES}`, `${MOST_PIECES + 1}`]);
  });
});
