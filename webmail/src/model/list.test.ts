import { describe, expect, it } from "vitest";
import { bench, emailId, mailboxId, settled } from "../../test/bench";
import { chance } from "../../test/chance";
import { find } from "../../test/server/search";
import type { Server } from "../../test/server/server";
import type { MessageList } from "./list";

const INBOX = { kind: "mailbox", id: mailboxId("inbox"), only: [] } as const;

function shown(list: MessageList): (string | undefined)[] {
  return Array.from({ length: list.total }, (_, index) => list.at(index));
}

function many(count: number): (server: Server) => void {
  return (server) => {
    for (let made = 0; made < count; made += 1) server.deliver();
  };
}

describe("a list", () => {
  it("asks only for what comes into sight, once", async () => {
    const { server, account } = await bench(many(1000));
    const list = account.look(INBOX);
    await list.need(0, 20);
    await list.need(0, 20);
    await list.need(500, 520);
    const asked = server.calls.filter(({ name }) => name === "Email/query").map(({ args }) => args.position);
    expect(asked).toEqual([0, 500]);
    expect(list.total).toBe(1000);
    expect(list.at(500)).toBe(find(server.records, { inMailbox: "inbox" }, false)[500]);
    expect(list.at(300)).toBeUndefined();
  });

  it("follows what comes and goes, by what changed only", async () => {
    const { server, scene, account } = await bench(many(120));
    const list = account.look(INBOX);
    await list.need(0, 100);
    const first = list.at(0);
    server.deliver({ id: "new" });
    server.records.remove(list.at(3) ?? "");
    server.calls.length = 0;
    scene.changed();
    await settled(server);
    expect([list.at(0), list.at(1)]).toEqual(["new", first]);
    expect(shown(list).slice(0, 100)).toEqual(find(server.records, { inMailbox: "inbox" }, false).slice(0, 100));
    expect(server.names).toContain("Email/queryChanges");
    expect(server.names).not.toContain("Email/query");
  });

  it("follows what comes while it asks what came", async () => {
    const { server, account } = await bench(many(3));
    const list = account.look(INBOX);
    await list.need(0, 3);
    const asked = server.requests;
    const first = list.refresh();
    while (server.requests === asked) await Promise.resolve();
    server.deliver({ id: "late" });
    await Promise.all([first, list.refresh()]);
    expect(list.at(0)).toBe("late");
  });

  it("comes to rest where its first rows are of an earlier state than others that came before them", async () => {
    const { server, account } = await bench(many(60));
    const list = account.look(INBOX);
    const ask = server.ask.bind(server);
    let arrive = () => {};
    const late = new Promise<void>((resolve) => (arrive = resolve));
    server.ask = async (question) => {
      server.ask = ask;
      const answer = await ask(question);
      await late;
      return answer;
    };
    const before = server.requests;
    const first = list.need(0, 20);
    const followed = list.refresh();
    while (server.requests === before) await Promise.resolve();
    server.deliver({ id: "late" });
    await list.need(30, 40);
    arrive();
    await Promise.all([first, followed]);
    expect(list.at(0)).toBe("late");
  });

  it("begins anew where the server does not remember", async () => {
    const { server, scene, account } = await bench(many(60));
    const list = account.look(INBOX);
    await list.need(0, 60);
    server.deliver();
    server.records.remembersSince = server.records.modseq;
    scene.changed();
    await settled(server);
    await list.need(0, 61);
    expect(shown(list)).toEqual(find(server.records, { inMailbox: "inbox" }, false));
  });

  it("is, after any history, what the server has wherever it is known", async () => {
    for (const conversations of [false, true]) {
      for (let seed = 1; seed <= 12; seed += 1) {
        const below = chance(seed);
        const { server, scene, account } = await bench(many(130), { conversations });
        const list = account.look(INBOX);
        await list.need(0, 1);
        for (let step = 0; step < 15; step += 1) {
          const all = [...server.records.emails.keys()];
          const one = all[below(all.length)] ?? "";
          const act = below(5);
          if (act === 0) server.deliver({ threadId: `t${below(20)}` });
          if (act === 1) server.records.remove(one);
          const known = list.at(below(Math.max(1, list.total)));
          if (act === 2 && known !== undefined) await account.move([known], mailboxId("archive"), "archived");
          if (act === 3) void list.need(below(list.total + 1), below(list.total + 1) + 20);
          if (act === 4 && known !== undefined) await account.mark([known], "flagged");
          if (below(3) === 0) scene.changed();
          if (below(2) === 0) await settled(server);
        }
        scene.changed();
        await settled(server);
        await list.need(0, list.total);
        expect(shown(list)).toEqual(find(server.records, { inMailbox: "inbox" }, conversations));
      }
    }
  });

  it("shows what is taken back where it was, also while the server's answers do not know of it", async () => {
    const { server, account } = await bench(many(4));
    const list = account.look(INBOX);
    await list.need(0, 4);
    const before = shown(list);
    const id = emailId(before[1] ?? "");
    await account.move([id], mailboxId("archive"), "archived");
    await settled(server);
    expect(shown(list)).not.toContain(id);
    const asked = server.requests;
    const first = list.refresh();
    while (server.requests === asked) await Promise.resolve();
    const { value: notice } = account.notice;
    if (notice?.kind === "done") notice.undo?.();
    const seen: number[] = [];
    list.changed.subscribe(() => seen.push(list.indexOf(id)));
    server.deliver({ id: "late" });
    await first;
    expect(shown(list)).toEqual(before);
    await settled(server);
    expect(shown(list)).toEqual(["late", ...before]);
    expect(seen).not.toContain(-1);
  });

  it("says why it cannot begin, and begins when it can", async () => {
    const { server, scene, account } = await bench(many(3));
    server.fault = { kind: "offline" };
    const list = account.look(INBOX);
    await settled(server);
    expect(list.state.value).toEqual({ kind: "failed", cause: { kind: "offline" } });
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect(list.total).toBe(3);
  });

  it("keeps what it shows while the server is away", async () => {
    const { server, account } = await bench(many(200));
    const list = account.look(INBOX);
    await list.need(0, 50);
    server.fault = { kind: "offline" };
    await list.need(100, 150);
    expect(list.total).toBe(200);
    expect(list.at(0)).toBeDefined();
    server.fault = null;
    await list.need(100, 150);
    expect(list.at(149)).toBeDefined();
  });

  it("shows a conversation as one row, with its messages here", async () => {
    const { account } = await bench(
      (server) => {
        server.deliver({ id: "a", threadId: "t" });
        server.deliver({ id: "b", threadId: "t" });
        server.deliver({ id: "mine", threadId: "t", mailbox: "sent" });
        server.deliver({ id: "gone", threadId: "t", mailbox: "trash" });
      },
      { conversations: true },
    );
    const list = account.look(INBOX);
    await list.need(0, 10);
    expect(list.total).toBe(1);
    expect(account.row(emailId("b")).map(({ id }) => id)).toEqual(["a", "b"]);
    expect(
      account.conversation(account.emails.shown(emailId("b"))?.threadId ?? ("" as never)).map(({ id }) => id),
    ).toEqual(["a", "b", "mine"]);
  });
});
