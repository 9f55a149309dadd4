import { describe, expect, it } from "vitest";
import { bench, emailId, mailboxId, settled } from "../../test/bench";
import { Server } from "../../test/server/server";
import { inMemory } from "./kept";

const INBOX = { kind: "mailbox", id: mailboxId("inbox"), only: [] } as const;
const ARCHIVE = mailboxId("archive");
const three = (server: { deliver(arrival: { id: string }): unknown }) => {
  for (const id of ["a", "b", "c"]) server.deliver({ id });
};

async function looked(options = {}) {
  const there = await bench(three, options);
  const list = there.account.look(INBOX);
  await list.need(0, 3);
  return { ...there, list };
}

describe("an act", () => {
  it("is seen before the server answers, and is there afterwards", async () => {
    const { server, account, list } = await looked();
    const acting = account.move([emailId("b")], ARCHIVE, "archived");
    expect([list.at(0), list.at(1), list.total]).toEqual(["c", "a", 2]);
    await acting;
    await settled(server);
    expect(server.records.emails.get("b")?.mailboxIds).toEqual({ archive: true });
    expect(account.outbox.waiting.value).toBe(0);
  });

  it("is undone", async () => {
    const { server, account, list } = await looked();
    await account.move([emailId("b"), emailId("c")], ARCHIVE, "archived");
    const notice = account.notice.value;
    expect(notice).toMatchObject({ kind: "done", what: "archived", count: 2 });
    if (notice?.kind === "done") notice.undo?.();
    await settled(server);
    expect(server.records.emails.get("b")?.mailboxIds).toEqual({ inbox: true });
    expect([list.at(0), list.at(1), list.at(2)]).toEqual(["c", "b", "a"]);
  });

  it("waits while there is no network, and goes in order when there is", async () => {
    const { server, scene, account } = await looked();
    server.fault = { kind: "offline" };
    await account.mark([emailId("a")], "flagged");
    await account.mark([emailId("a")], "unflagged");
    await account.mark([emailId("b")], "read");
    await settled(server);
    expect(account.outbox.waiting.value).toBe(3);
    expect(account.line.value.kind).toBe("broken");
    expect(account.emails.shown(emailId("b"))?.keywords.has("$seen")).toBe(true);
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect(account.outbox.waiting.value).toBe(0);
    expect(account.line.value.kind).toBe("open");
    expect(server.records.emails.get("a")?.keywords).toEqual({});
    expect(server.records.emails.get("b")?.keywords).toEqual({ $seen: true });
  });

  it("survives a reload without network", async () => {
    const kept = inMemory();
    const { server, account } = await looked({ kept });
    server.fault = { kind: "offline" };
    await account.move([emailId("c")], ARCHIVE, "archived");
    await settled(server);
    server.fault = null;
    const after = await bench(() => {}, { kept, server });
    await settled(server);
    expect(server.records.emails.get("c")?.mailboxIds).toEqual({ archive: true });
    expect(after.account.outbox.waiting.value).toBe(0);
    expect((await kept.all("acts")).size).toBe(0);
  });

  it("that is refused is taken back, and said", async () => {
    const { server, account, list } = await looked();
    server.refuse.set("Email/set", "accountReadOnly");
    await account.move([emailId("b")], ARCHIVE, "archived");
    await settled(server);
    expect(account.notice.value).toMatchObject({ kind: "refused", problem: { type: "accountReadOnly" } });
    expect(account.outbox.waiting.value).toBe(0);
    expect([list.at(1), list.total]).toEqual(["b", 3]);
  });

  it("on a message that is gone takes back nothing else", async () => {
    const { server, account } = await looked();
    server.records.remove("b");
    await account.mark([emailId("a"), emailId("b")], "flagged");
    await settled(server);
    expect(server.records.emails.get("a")?.keywords).toEqual({ $flagged: true });
    expect(account.emails.shown(emailId("a"))?.keywords.has("$flagged")).toBe(true);
    expect(account.notice.value).toMatchObject({ kind: "refused", problem: { type: "notFound" } });
  });

  it("that meets the end of the session waits for the next login", async () => {
    const kept = inMemory();
    const { server, scene, account } = await looked({ kept });
    server.fault = { kind: "signed-out" };
    scene.push("error");
    await settled(server);
    expect(account.line.value).toEqual({ kind: "broken", cause: { kind: "signed-out" } });
    await account.mark([emailId("a")], "flagged");
    await account.stop();
    server.fault = null;
    await bench(() => {}, { kept, server });
    expect(server.records.emails.get("a")?.keywords).toEqual({ $flagged: true });
  });

  it("whose answer is lost is done once more without harm", async () => {
    const { server, scene, account } = await looked();
    server.loseNextAnswer = true;
    await account.move([emailId("a")], ARCHIVE, "archived");
    await settled(server);
    expect(account.outbox.waiting.value).toBe(1);
    scene.push("open");
    await settled(server);
    expect(account.outbox.waiting.value).toBe(0);
    expect(server.records.emails.get("a")?.mailboxIds).toEqual({ archive: true });
  });

  it("on more messages than a set takes goes in parts", async () => {
    const server = new Server();
    server.limits.maxObjectsInSet = 2;
    const { account } = await looked({ server });
    server.calls.length = 0;
    await account.mark(["a", "b", "c"].map(emailId), "read");
    await settled(server);
    expect(server.names.filter((name) => name === "Email/set").length).toBe(2);
    expect([...server.records.emails.values()].every(({ keywords }) => keywords.$seen)).toBe(true);
  });

  it("for good asks the server first", async () => {
    const { server, account, list } = await looked();
    await account.destroy([emailId("a")]);
    expect(server.records.emails.has("a")).toBe(false);
    expect(list.total).toBe(2);
    server.fault = { kind: "offline" };
    await account.destroy([emailId("b")]);
    expect(account.notice.value).toMatchObject({ kind: "refused", problem: { kind: "offline" } });
    expect(list.total).toBe(2);
  });
});
