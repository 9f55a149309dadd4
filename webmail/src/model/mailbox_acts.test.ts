import { describe, expect, it } from "vitest";
import { bench, emailId, mailboxId, settled } from "../../test/bench";
import type { Server } from "../../test/server/server";
import {
  changeMailbox,
  createMailbox,
  destroyEmails,
  emptyMailbox,
  forgetKeyword,
  readAll,
  removeMailbox,
} from "./mailbox_acts";
import { isHidden } from "./mailboxes";

function filled(server: Server) {
  server.limits = { ...server.limits, maxObjectsInSet: 10 };
  for (let made = 0; made < 25; made += 1) server.deliver({ mailbox: "trash" });
  server.deliver({ id: "other", mailbox: "inbox" });
}

describe("mailboxes", () => {
  it("are made, named anew, moved, hidden and shown", async () => {
    const { account, server } = await bench();
    const made = await createMailbox(account.client, " Club ", null);
    await account.follow();
    expect(account.mailboxes.of(made)).toMatchObject({ name: "Club", parentId: null, isSubscribed: true });
    const inner = await createMailbox(account.client, "Bestuur", made);
    await changeMailbox(account.client, inner, { name: "Leden", parentId: mailboxId("archive") });
    await changeMailbox(account.client, made, { isSubscribed: false });
    await account.follow();
    expect(account.mailboxes.of(inner)).toMatchObject({ name: "Leden", parentId: "archive" });
    expect(account.mailboxes.all.value.filter(isHidden).map(({ mailbox }) => mailbox.id)).toEqual([made]);
    await expect(createMailbox(account.client, "Club", null)).rejects.toMatchObject({
      problem: { kind: "refused-record", type: "alreadyExists" },
    });
    expect(server.records.mailboxes.size).toBe(8);
  });

  it("lie in themselves and in those around them", async () => {
    const { account } = await bench();
    const outer = await createMailbox(account.client, "Buiten", null);
    const inner = await createMailbox(account.client, "Binnen", outer);
    await account.follow();
    const lies = (id: typeof outer, within: typeof outer) => account.mailboxes.liesIn(id, within);
    expect([lies(inner, outer), lies(outer, outer), lies(outer, inner)]).toEqual([true, true, false]);
    expect(account.mailboxes.liesIn(outer, null)).toBe(false);
  });

  it("are emptied to the last message, as many at once as the server takes", async () => {
    const { account, server } = await bench(filled);
    expect(await emptyMailbox(account.client, mailboxId("trash"))).toBe(25);
    expect([...server.records.emails.keys()]).toEqual(["other"]);
    expect(server.calls.filter(({ name }) => name === "Email/set")).toHaveLength(3);
  });

  it("lose any number of messages for good, as many at once as the server takes", async () => {
    const { account, server } = await bench(filled);
    const ids = [...server.records.emails.keys()].filter((id) => id !== "other").map(emailId);
    expect(await destroyEmails(account.client, [...ids.slice(0, 3), emailId("gone"), ...ids.slice(3)])).toMatchObject({
      kind: "refused-record",
      type: "notFound",
    });
    expect([...server.records.emails.keys()]).toEqual(["other"]);
    expect(server.calls.filter(({ name }) => name === "Email/set")).toHaveLength(3);
  });

  it("are read to the last message, and unread again", async () => {
    const { account, server } = await bench(filled);
    const unread = () => [...server.records.emails.values()].filter(({ keywords }) => !keywords.$seen).length;
    const ids = await readAll(account.client, mailboxId("trash"));
    expect([ids.length, unread()]).toEqual([25, 1]);
    account.done(
      "read",
      ids.length,
      new Map(ids.map((id) => [id, { into: [], outOf: [], mark: [], unmark: ["$seen"] }])),
    );
    const notice = account.notice.value;
    if (notice?.kind === "done") notice.undo?.();
    await settled(server);
    expect(unread()).toBe(26);
  });

  it("leave their messages in the trash when they go", async () => {
    const { account, server } = await bench(filled);
    const made = await createMailbox(account.client, "Club", null);
    for (let more = 0; more < 12; more += 1) server.deliver({ mailbox: made });
    await removeMailbox(account.client, made, mailboxId("trash"));
    expect(server.records.mailboxes.has(made)).toBe(false);
    expect([...server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds.trash)).toHaveLength(37);
  });

  it("stop where the server refuses, instead of asking for ever", async () => {
    const { account, server } = await bench(filled);
    server.refuse.set("Email/set", "accountReadOnly");
    await expect(emptyMailbox(account.client, mailboxId("trash"))).rejects.toMatchObject({
      problem: { kind: "refused-method", type: "accountReadOnly" },
    });
  });

  it("keep nothing of a keyword that is forgotten", async () => {
    const { account, server } = await bench(filled);
    for (const email of server.records.emails.values()) email.keywords.huis = true;
    await forgetKeyword(account.client, "huis");
    expect([...server.records.emails.values()].some(({ keywords }) => keywords.huis)).toBe(false);
  });
});
