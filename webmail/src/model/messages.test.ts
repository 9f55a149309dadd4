import { describe, expect, it } from "vitest";
import { bench, emailId, mailboxId } from "../../test/bench";
import { AHEAD_ARGUMENTS } from "../jmap/mail";
import { MOST_AHEAD } from "./messages";

const ids = (count: number) => Array.from({ length: count }, (_, index) => emailId(`m${index}`));

describe("messages fetched ahead", () => {
  it("come in one request, of so many at most, and are not asked for again", async () => {
    const { server, account } = await bench((to) => {
      for (const id of ids(MOST_AHEAD + 1)) to.deliver({ id, text: `words of ${id}` });
    });
    server.calls.length = 0;
    server.requests = 0;
    account.messages.ahead(ids(MOST_AHEAD + 1));
    account.messages.ahead(ids(2));
    const opened = await account.messages.of(emailId("m1"));
    expect([...opened.bodyValues.values()].map(({ value }) => value)).toEqual(["words of m1"]);
    expect(server.requests).toBe(1);
    expect(server.calls[0]?.args.ids).toEqual(ids(MOST_AHEAD));
  });

  it("are there at once when they are opened, and not before they have come", async () => {
    const { account } = await bench((to) => void to.deliver({ id: "m0", text: "words" }));
    account.messages.ahead(ids(1));
    expect(account.messages.there(emailId("m0"))).toBeNull();
    const opened = await account.messages.of(emailId("m0"));
    expect(account.messages.there(emailId("m0"))).toBe(opened);
    expect(account.messages.there(emailId("m1"))).toBeNull();
  });

  it("are asked for in full when they are opened, where they are longer than what is fetched ahead", async () => {
    const long = "x".repeat(AHEAD_ARGUMENTS.maxBodyValueBytes + 1);
    const { server, account } = await bench((to) => void to.deliver({ id: "m0", text: long }));
    server.calls.length = 0;
    account.messages.ahead(ids(1));
    const opened = await account.messages.of(emailId("m0"));
    expect([...opened.bodyValues.values()].map(({ value }) => value)).toEqual([long]);
    await account.messages.of(emailId("m0"));
    expect(server.names).toEqual(["Email/get", "Email/get"]);
  });

  it("are asked for when they are opened, where fetching ahead failed", async () => {
    const { server, account } = await bench((to) => void to.deliver({ id: "m0" }));
    server.fault = { kind: "offline" };
    account.messages.ahead(ids(1));
    const failing = account.messages.of(emailId("m0"));
    await expect(failing).rejects.toMatchObject({ problem: { kind: "offline" } });
    server.fault = null;
    expect((await account.messages.of(emailId("m0"))).id).toBe("m0");
  });

  it("are those of a row that lie open when it is opened", async () => {
    const { account } = await bench(
      (to) => {
        to.deliver({ id: "m0", threadId: "t" });
        to.deliver({ id: "m1", threadId: "t", mailbox: "sent" });
        to.deliver({ id: "m2" });
      },
      { conversations: true },
    );
    await account.look({ kind: "mailbox", id: mailboxId("inbox"), only: [] }).need(0, 2);
    expect(account.shownFirst(emailId("m0"))).toEqual(["m0", "m1"]);
    expect(account.shownFirst(emailId("m2"))).toEqual(["m2"]);
  });
});
