import "fake-indexeddb/auto";
import { beforeAll, describe, expect, it } from "vitest";
import { bench, emailId, mailboxId, settled } from "../../test/bench";
import { Server } from "../../test/server/server";
import { Client } from "../jmap/client";
import { MAILBOX, type Mailbox } from "../jmap/mail";
import { get } from "../jmap/methods";
import { marked, moved } from "./acts";
import { inBrowser, inMemory } from "./kept";
import { tree } from "./mailboxes";
import { beginning, dayOf, setVacation, vacation } from "./vacation";

describe("mailboxes", () => {
  let mailbox: Mailbox;
  beforeAll(async () => {
    const client = await Client.begin(new Server());
    const [first] = (await client.call(get(MAILBOX, client.accountId, null))).list;
    if (first === undefined) throw new Error("a mailbox");
    mailbox = first;
  });
  const named = (name: string, parentId: string | null, role: string | null = null, sortOrder = 0): Mailbox => ({
    ...mailbox,
    id: mailboxId(name),
    name,
    parentId: parentId === null ? null : mailboxId(parentId),
    role,
    sortOrder,
  });

  it("are a tree: roles first, then as the server says, then by name", () => {
    const all = [
      named("werk", null),
      named("trash", null, "trash"),
      named("2026", "werk"),
      named("2025", "werk"),
      named("INBOX", null, "inbox"),
      named("eerst", null, null, -1),
      named("vrij", "2025"),
    ];
    expect(tree(all).map(({ mailbox: { name }, depth }) => `${depth} ${name}`)).toEqual([
      "0 INBOX",
      "0 trash",
      "0 eerst",
      "0 werk",
      "1 2025",
      "2 vrij",
      "1 2026",
    ]);
  });

  it("whose parents are not there, or in a circle, hang nobody up", () => {
    expect(tree([named("a", "b"), named("b", "a"), named("c", "x")]).map(({ mailbox: { name } }) => name)).toEqual([
      "c",
    ]);
  });

  it("count what is unread as the server does, as it changes", async () => {
    const { server, scene, account } = await bench((to) => void to.deliver());
    server.deliver();
    scene.changed();
    await settled(server);
    expect(account.mailboxes.withRole("inbox")).toMatchObject({ totalEmails: 2, unreadEmails: 2 });
  });
});

describe("acts", () => {
  const email = (id: string, mailboxes: string[], keywords: string[] = []) => ({
    id: emailId(id),
    mailboxIds: new Set(mailboxes.map(mailboxId)),
    keywords: new Set(keywords),
  });
  const inbox = mailboxId("inbox");

  it("move out of where one looks, and from a search out of everywhere", () => {
    const both = [email("a", ["inbox", "work"])] as never;
    const patches = (from: typeof inbox | null, what: "archived" | "trashed") => [
      ...moved(both, from, mailboxId("to"), what).values(),
    ];
    expect(patches(inbox, "archived")).toMatchObject([{ into: ["to"], outOf: ["inbox"] }]);
    expect(patches(null, "archived")).toMatchObject([{ into: ["to"], outOf: ["inbox", "work"] }]);
    expect(patches(inbox, "trashed")).toMatchObject([{ into: ["to"], outOf: ["inbox", "work"] }]);
  });

  it("touch only what they change", () => {
    const two = [email("a", ["inbox"], ["$seen"]), email("b", ["inbox"])] as never;
    expect([...marked(two, "read").keys()]).toEqual(["b"]);
    expect([...marked(two, "unread").keys()]).toEqual(["a"]);
    expect(moved(two, inbox, inbox, "moved").size).toBe(0);
  });

  it("on junk tell the server so", () => {
    const one = [email("a", ["inbox"])] as never;
    expect([...moved(one, inbox, mailboxId("junk"), "junked").values()]).toMatchObject([
      { mark: ["$junk"], unmark: ["$notjunk"] },
    ]);
  });
});

describe.each([
  ["memory", async () => inMemory()],
  ["the browser", () => inBrowser("a1")],
] as const)("what %s keeps", (_, open) => {
  it("is there until it is removed", async () => {
    const kept = await open();
    await kept.put("acts", "2", { a: 2 });
    await kept.put("acts", "1", { a: 1 });
    await kept.put("compositions", "1", { b: 1 });
    await kept.remove("acts", "2");
    expect([...(await kept.all("acts"))]).toEqual([["1", { a: 1 }]]);
    await kept.clear();
    expect((await kept.all("compositions")).size).toBe(0);
  });
});

describe("the answer while one is away", () => {
  it("is kept with whole days, the last one to its end", async () => {
    const server = new Server();
    const client = await Client.begin(server);
    const away = { isEnabled: true, from: "2026-12-20", until: "2026-12-31", subject: " ", text: "Ik ben weg." };
    await setVacation(client, away, await vacation(client));
    expect(server.records.vacation).toMatchObject({
      toDate: new Date(2027, 0, 1).toISOString().replace(".000Z", "Z"),
      subject: null,
    });
    expect(await vacation(client)).toEqual({ ...away, subject: "" });
  });

  it("says what its layout said, and no longer once it says something else", async () => {
    const server = new Server();
    const client = await Client.begin(server);
    server.records.vacation = { ...server.records.vacation, htmlBody: "<p>Ik ben <b>weg</b>.</p>" };
    const before = await vacation(client);
    expect(before.text.trim()).toBe("Ik ben weg.");
    await setVacation(client, { ...before, isEnabled: true }, before);
    expect(server.records.vacation).toMatchObject({ textBody: null, htmlBody: "<p>Ik ben <b>weg</b>.</p>" });
    await setVacation(client, { ...before, text: "Ik ben terug." }, before);
    expect(server.records.vacation).toMatchObject({ textBody: "Ik ben terug.", htmlBody: null });
  });

  it("has no border where none is given", () => {
    expect(beginning("")).toBeNull();
    expect(dayOf(new Date(2026, 0, 5).getTime())).toBe("2026-01-05");
  });
});
