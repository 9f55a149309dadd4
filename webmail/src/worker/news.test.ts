import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { Server } from "../../test/server/server";
import { CODE, subscriptions, WEEK } from "../../test/server/subscriptions";
import { Client } from "../jmap/client";
import { id } from "../jmap/decode";
import { notes } from "../model/notes";
import { type Browser, endAfterwards, keepUp, renew, silence, switchOn } from "../model/notifying";
import { heard, MOST_TOLD, type Told } from "./news";

const DEVICE = { endpoint: "https://push.example/1", keys: { p256dh: "key", auth: "secret" } };
const OFFER = "urn:ietf:params:jmap:webpush-vapid";

describe("new mail", () => {
  let server: Server;
  let client: Client;
  let told: Told[];
  let looked: boolean;
  let now: number;
  let keeping: ReturnType<typeof notes>;
  let current: typeof DEVICE | null;
  let permission: NotificationPermission;
  const browser: Browser = {
    able: true,
    permission: () => permission,
    ask: async () => permission,
    current: async () => current,
    subscribe: async () => {
      current = DEVICE;
      return DEVICE;
    },
    unsubscribe: async () => {
      current = null;
    },
  };
  const push = (message: unknown) =>
    heard(message, {
      transport: server,
      notes: keeping,
      now: () => now,
      isLookedAt: async () => looked,
      show: async (one) => void told.push(one),
      unsubscribe: browser.unsubscribe,
    });
  const changed = (type = "EmailDelivery") => push({ "@type": "StateChange", changed: { a1: { [type]: "7" } } });
  const known = () => [...subscriptions(server.records).values()];

  beforeEach(async () => {
    server = new Server();
    const session = server.session.bind(server);
    server.session = () => {
      const before = session() as { capabilities: object };
      return { ...before, capabilities: { ...before.capabilities, [OFFER]: { applicationServerKey: "AAAA" } } };
    };
    client = await Client.begin(server);
    [told, looked, now, current, permission] = [[], false, Date.now(), null, "granted"];
    keeping = notes(new IDBFactory());
    server.deliver({ id: "old" });
  });

  async function on(): Promise<string> {
    const switched = await switchOn(client, browser, "nl", keeping);
    if (switched.kind !== "on") throw new Error(switched.kind);
    return switched.id;
  }

  it("is asked of the push service by deliveries only, with the browser's keys, and the code is sent back", async () => {
    const made = await on();
    expect(known()).toMatchObject([{ url: DEVICE.endpoint, keys: DEVICE.keys, types: ["EmailDelivery"] }]);
    await push({ "@type": "PushVerification", pushSubscriptionId: made, verificationCode: CODE });
    expect(known()).toMatchObject([{ verificationCode: CODE }]);
    expect(told).toEqual([]);
  });

  it("has its code sent back before the page knows its subscription, and no other one's", async () => {
    const made = await on();
    await keeping.change({ subscription: null });
    await push({ "@type": "PushVerification", pushSubscriptionId: made, verificationCode: CODE });
    expect(known()).toMatchObject([{ verificationCode: CODE }]);
    await keeping.change({ subscription: id<"PushSubscription">()("other", "") });
    server.calls.length = 0;
    await push({ "@type": "PushVerification", pushSubscriptionId: made, verificationCode: CODE });
    expect(server.calls).toEqual([]);
  });

  it("is told with its sender and subject, once, and leads to the message", async () => {
    await on();
    server.deliver({ id: "new", subject: "Fiets", from: { name: "Bram Jansen", email: "bram@there.example" } });
    await changed();
    expect(told).toEqual([{ title: "Bram Jansen", body: "Fiets", tag: "new", open: "#/mail/inbox/new" }]);
    await changed();
    expect(told.length).toBe(1);
  });

  it("is none where it is one's own, junk, or read already", async () => {
    await on();
    server.deliver({ mailbox: "junk" });
    server.deliver({ mailbox: "sent", seen: true });
    server.deliver({ mailbox: "drafts" });
    server.deliver({ seen: true });
    await changed();
    expect(told).toEqual([]);
  });

  it("is told together where there is much of it", async () => {
    await on();
    for (let made = 0; made <= MOST_TOLD; made += 1) server.deliver();
    await changed();
    expect(told).toEqual([{ title: `${MOST_TOLD + 1} nieuwe berichten`, body: "", tag: "many", open: "#/" }]);
  });

  it("is told in general words where nothing can be asked", async () => {
    await on();
    server.deliver({ id: "new", subject: "Fiets" });
    server.fault = { kind: "signed-out" };
    await changed();
    expect(told).toEqual([{ title: "Nieuwe e-mail", body: "", tag: "some", open: "#/" }]);
    server.fault = null;
    await changed();
    expect(told[1]).toMatchObject({ body: "Fiets" });
  });

  it("is told in general words once where the server has forgotten what was before", async () => {
    await on();
    server.deliver();
    server.refuse.set("Email/changes", "cannotCalculateChanges");
    await changed();
    expect(told).toMatchObject([{ tag: "some" }]);
    server.deliver({ id: "next" });
    await changed();
    expect(told[1]).toMatchObject({ tag: "next" });
  });

  it("is shown by the page that somebody looks at", async () => {
    await on();
    looked = true;
    server.deliver();
    await changed();
    looked = false;
    await changed();
    expect(told).toEqual([]);
  });

  it("is nothing else that changes", async () => {
    await on();
    server.deliver();
    for (const message of [null, {}, "x", { "@type": "StateChange", changed: { a2: { EmailDelivery: "7" } } }])
      await push(message);
    await changed("Email");
    expect(told).toEqual([]);
  });

  it("is told for longer while mail comes, and while the webmail is opened", async () => {
    await on();
    const first = known()[0]?.expires;
    now += WEEK - 3_600_000;
    server.deliver();
    await changed();
    expect(server.calls.filter(({ args }) => "update" in args)).toMatchObject([
      { args: { update: { [known()[0]?.id ?? ""]: { expires: null } } } },
    ]);
    expect(Date.parse(known()[0]?.expires ?? "")).toBeGreaterThanOrEqual(Date.parse(first ?? ""));
    server.calls.length = 0;
    await keepUp(client, browser, "en", Date.now(), keeping);
    expect(server.names).toEqual(["PushSubscription/get"]);
    await keepUp(client, browser, "en", Date.now() + WEEK - 3_600_000, keeping);
    expect(server.names).toEqual(["PushSubscription/get", "PushSubscription/get", "PushSubscription/set"]);
    expect((await keeping.read())?.language).toBe("en");
  });

  it("is asked for anew where the server or the push service has forgotten it", async () => {
    const made = await on();
    subscriptions(server.records).clear();
    const again = await keepUp(client, browser, "nl", now, keeping);
    expect(known()).toMatchObject([{ id: again }]);
    expect(again).not.toBe(made);
    current = { ...DEVICE, endpoint: "https://push.example/2" };
    await keepUp(client, browser, "nl", now, keeping);
    expect(known().map(({ url }) => url)).toContain("https://push.example/2");
    permission = "denied";
    expect(await keepUp(client, browser, "nl", now, keeping)).toBeNull();
  });

  it("goes on where the push service ended it, by another one", async () => {
    const before = await on();
    current = null;
    const { subscribe } = browser;
    browser.subscribe = async () => (current = { ...DEVICE, endpoint: "https://push.example/2" });
    await renew(server, browser, keeping).finally(() => (browser.subscribe = subscribe));
    expect(known()).toMatchObject([{ url: "https://push.example/2", types: ["EmailDelivery"] }]);
    const [after] = known().map(({ id }) => id);
    expect(after).not.toBe(before);
    await push({ "@type": "PushVerification", pushSubscriptionId: after, verificationCode: CODE });
    expect(known()).toMatchObject([{ verificationCode: CODE }]);
    server.deliver({ id: "new", subject: "Fiets" });
    await changed();
    expect(told).toMatchObject([{ body: "Fiets" }]);
    // the next page knows it
    expect(await keepUp(client, browser, "nl", now, keeping)).toBe(after);
  });

  it("is asked for anew by nobody who has logged out, nor for somebody else", async () => {
    await on();
    await keeping.change({ account: id<"Account">()("a2", "") });
    await renew(server, browser, keeping);
    expect(known()).toMatchObject([{ url: DEVICE.endpoint }]);
    await keeping.clear();
    await renew(server, browser, keeping);
    expect(current).toBeNull();
  });

  it("is told to nobody after logging out", async () => {
    const switched = await switchOn(client, browser, "nl", keeping);
    if (switched.kind !== "on") throw new Error(switched.kind);
    await silence(browser, keeping);
    server.deliver();
    await changed();
    expect([told, current]).toEqual([[], null]);
    await endAfterwards(server, switched.id);
    expect(known()).toEqual([]);
  });

  it("is not asked for where the person, the browser or the server says no", async () => {
    permission = "denied";
    expect(await switchOn(client, browser, "nl", keeping)).toEqual({ kind: "denied" });
    permission = "granted";
    const away = { ...browser, subscribe: () => Promise.reject(new DOMException("away", "AbortError")) };
    expect(await switchOn(client, away, "nl", keeping)).toEqual({ kind: "unable" });
    server.refuse.set("PushSubscription/set", "rateLimit");
    expect(await switchOn(client, browser, "nl", keeping)).toMatchObject({ kind: "failed" });
    expect([current, await keeping.read(), known()]).toEqual([null, null, []]);
  });
});
