import { describe, expect, it } from "vitest";
import { bench, emailId } from "../../test/bench";
import { MOST_EMAILS } from "./emails";
import { MOST_MESSAGES } from "./messages";

describe("what is kept in memory", () => {
  it("is so many summaries, those that were used last", async () => {
    const { server, account } = await bench((to) => {
      for (let made = 0; made < MOST_EMAILS + 100; made += 1) to.deliver({ id: `m${made}` });
    });
    const all = [...server.records.emails.keys()].map(emailId);
    await account.emails.need(all.slice(0, 100));
    for (let from = 100; from < all.length; from += 500) {
      expect(account.emails.shown(emailId("m0"))?.id).toBe("m0");
      await account.emails.need(all.slice(from, from + 500));
    }
    expect(account.emails.ids.length).toBe(MOST_EMAILS);
    expect(account.emails.knows(emailId("m0"))).toBe(true);
    expect(account.emails.knows(emailId("m1"))).toBe(false);
  });

  it("is so many whole messages", async () => {
    const { server, account } = await bench((to) => {
      for (let made = 0; made <= MOST_MESSAGES; made += 1) to.deliver({ id: `m${made}` });
    });
    for (let made = 0; made <= MOST_MESSAGES; made += 1) await account.messages.of(emailId(`m${made}`));
    server.calls.length = 0;
    await account.messages.of(emailId(`m${MOST_MESSAGES}`));
    expect(server.calls).toEqual([]);
    await account.messages.of(emailId("m0"));
    expect(server.names).toEqual(["Email/get"]);
  });

  it("is no message that could not be fetched", async () => {
    const { server, account } = await bench((to) => void to.deliver({ id: "m" }));
    server.fault = { kind: "offline" };
    await expect(account.messages.of(emailId("m"))).rejects.toMatchObject({ problem: { kind: "offline" } });
    server.fault = null;
    expect((await account.messages.of(emailId("m"))).id).toBe("m");
    await expect(account.messages.of(emailId("gone"))).rejects.toMatchObject({ problem: { type: "notFound" } });
  });
});
