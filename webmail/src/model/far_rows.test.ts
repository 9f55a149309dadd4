import { describe, expect, it } from "vitest";
import { bench, mailboxId, settled } from "../../test/bench";
import { find } from "../../test/server/search";
import type { Server } from "../../test/server/server";
import type { EmailId } from "../jmap/ids";
import { destroyedWith } from "./acting";
import { extended, nothing, reach, toggled } from "./selection";

const INBOX = { kind: "mailbox", id: mailboxId("inbox"), only: [] } as const;

/** As many conversations of two messages each. */
function many(count: number) {
  return (server: Server) => {
    for (let made = 0; made < count; made += 1) {
      server.deliver({ threadId: `t${made}` });
      server.deliver({ threadId: `t${made}` });
    }
  };
}

/** From the first row to a far one, of which the screens at both ends were seen. */
async function selecting(conversations: boolean) {
  const there = await bench(many(700), { conversations });
  const { account } = there;
  const list = account.look(INBOX);
  await list.need(0, 20);
  await list.need(640, 660);
  const [first, last] = [list.at(0), list.at(649)];
  if (first === undefined || last === undefined) throw new Error("both were seen");
  const select = async () => {
    const begun = toggled(nothing<EmailId>(), first);
    await reach(begun, last, list);
    return [...extended(begun, last, list).ids];
  };
  return { ...there, list, select };
}

const within = (server: Server, mailbox: string) =>
  [...server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds[mailbox]).length;

describe("a range that nobody has looked at", () => {
  it("is selected whole, by ids only", async () => {
    const { server, select } = await selecting(false);
    server.calls.length = 0;
    const ids = await select();
    expect(ids).toEqual(find(server.records, { inMailbox: "inbox" }, false).slice(0, 650));
    expect(server.names).toEqual(["Email/query"]);
  });

  it("is selected whole where mail came meanwhile", async () => {
    const { server, select } = await selecting(false);
    const before = find(server.records, { inMailbox: "inbox" }, false).slice(0, 650);
    server.deliver({ id: "new" });
    expect(await select()).toEqual(before);
  });

  it("is not selected in part where the server is away", async () => {
    const { server, select } = await selecting(false);
    server.fault = { kind: "offline" };
    await expect(select()).rejects.toMatchObject({ problem: { kind: "offline" } });
  });

  it.each([
    [false, 650],
    [true, 1300],
  ])("is moved and brought back whole (conversations: %s)", async (conversations, messages) => {
    const { server, account, select } = await selecting(conversations);
    await account.move(await select(), mailboxId("archive"), "archived");
    await settled(server);
    expect(within(server, "archive")).toBe(messages);
    const notice = account.notice.value;
    expect(notice).toMatchObject({ kind: "done", count: messages });
    if (notice?.kind === "done") notice.undo?.();
    await settled(server);
    expect([within(server, "archive"), within(server, "inbox")]).toEqual([0, 1400]);
  });

  it("is moved out of where it was selected, wherever one looks meanwhile", async () => {
    const { server, account, select } = await selecting(true);
    const moving = account.move(await select(), mailboxId("archive"), "moved");
    account.look({ kind: "mailbox", id: mailboxId("archive"), only: [] });
    await moving;
    await settled(server);
    expect([within(server, "archive"), within(server, "inbox")]).toEqual([1300, 100]);
  });

  it("is deleted for good whole", async () => {
    const { server, account, select } = await selecting(true);
    const ids = await select();
    // as many as are asked about first
    const exact = (await destroyedWith(account, ids)).map(({ id }) => id);
    expect(exact.length).toBe(1300);
    server.deliver({ id: "joined", threadId: "t699" });
    await account.destroy(exact);
    expect(server.records.emails.delete("joined")).toBe(true);
    expect(server.records.emails.size).toBe(100);
    expect(account.notice.value).toMatchObject({ kind: "done", count: 1300 });
  });

  it("is counted once where it comes into sight meanwhile", async () => {
    const { account, list, select } = await selecting(true);
    const ids = await select();
    const counting = destroyedWith(account, ids);
    await list.need(100, 200);
    const all = (await counting).map(({ id }) => id);
    expect([all.length, new Set(all).size]).toEqual([1300, 1300]);
  });

  it("is left as it was where what an act must know cannot be had", async () => {
    const { server, account, select } = await selecting(false);
    const ids = await select();
    server.fault = { kind: "offline" };
    await account.mark(ids, "flagged");
    expect(account.notice.value).toEqual({ kind: "refused", problem: { kind: "offline" } });
    expect(account.outbox.waiting.value).toBe(0);
  });
});
