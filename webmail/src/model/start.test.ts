import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bench, mailboxId, settled } from "../../test/bench";
import type { Server } from "../../test/server/server";
import { OWN } from "../jmap/own";

const START: readonly { methodCalls: [string, Record<string, unknown>, string][] }[] = JSON.parse(
  readFileSync(new URL("../../install/start.json", import.meta.url), "utf8"),
);
const INBOX = { kind: "mailbox", id: mailboxId("inbox"), only: [] } as const;

function prepared(server: Server): void {
  server.start = START;
  server.offers = { [OWN]: { maxLabels: 10, maxSavedSearches: 10 } };
  for (let made = 0; made < 40; made += 1) server.deliver({ threadId: `t${made % 35}` });
}

describe("the start of a page", () => {
  it("has all that its first list needs, in one round trip", async () => {
    const { server, account } = await bench(prepared, { conversations: true });
    expect(server.requests).toBe(1);
    const list = account.look(INBOX);
    await list.need(0, 20);
    expect(server.requests).toBe(1);
    expect(list.total).toBe(35);
    expect(account.row(list.at(0) ?? (INBOX.id as never)).length).toBe(2);
    expect(account.mailboxes.withRole("inbox")?.totalEmails).toBe(40);
    expect(account.identities.value.length).toBe(1);
  });

  it("has what an account without some of it asks, and is not asked for another list", async () => {
    const { server, account } = await bench(
      (one) => {
        prepared(one);
        one.maxDelayedSend = 0;
        one.offers = {};
      },
      { conversations: false },
    );
    const list = account.look(INBOX);
    await list.need(0, 20);
    expect(list.total).toBe(40);
    expect(server.requests).toBe(2);
    expect(server.names.at(-1)).toBe("Email/get");
  });

  it("is as old as it is: after another question nothing of it is taken", async () => {
    const { server, account } = await bench(prepared, { conversations: true });
    account.look({ kind: "mailbox", id: mailboxId("archive"), only: [] });
    await settled(server);
    server.deliver({ id: "new" });
    const list = account.look(INBOX);
    await list.need(0, 20);
    expect(list.at(0)).toBe("new");
  });

  it("is taken once", async () => {
    const { server, account } = await bench(prepared, { conversations: true });
    await account.look(INBOX).need(0, 20);
    server.deliver({ id: "new" });
    const list = account.look(INBOX);
    await list.restart();
    expect(list.at(0)).toBe("new");
  });
});
