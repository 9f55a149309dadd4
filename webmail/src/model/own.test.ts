import { describe, expect, it } from "vitest";
import { bench } from "../../test/bench";
import { OWN, offered } from "../jmap/own";
import { identityDraft, NEW_IDENTITY, removeIdentity, saveIdentity, wrongPart } from "./identities";
import { block, blockedSenders, changePassword, endProgram, forwarding, programs, setForwarding, unblock } from "./own";
import { use, uses } from "./quota";

const refusedFor = (type: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ kind: "refused-record", type }) });

describe("identities", () => {
  it("are made, changed and taken away, but for the account's own", async () => {
    const { account, server } = await bench();
    const { client } = account;
    const [own] = account.identities.value;
    const draft = {
      ...NEW_IDENTITY,
      name: " Anna thuis ",
      email: " info@here.example ",
      bcc: "a@b.example, c@d.example",
    };
    const both = await saveIdentity(client, null, draft);
    const made = both.find(({ email }) => email === "info@here.example");
    expect(made).toMatchObject({ name: "Anna thuis", replyTo: null, mayDelete: true });
    expect(made?.bcc?.map(({ email }) => email)).toEqual(["a@b.example", "c@d.example"]);
    if (made === undefined || own === undefined) throw new Error("two identities");
    const changed = await saveIdentity(client, made, { ...identityDraft(made), textSignature: "-- \nAnna", bcc: "" });
    expect(changed.find(({ id }) => id === made.id)).toMatchObject({ textSignature: "-- \nAnna", bcc: null });
    // an address stays what it is (RFC 8621, 6)
    const [, update] = server.calls.filter(({ name }) => name === "Identity/set");
    expect(JSON.stringify(update?.args)).not.toContain("info@here.example");
    expect(await removeIdentity(client, made)).toEqual([own]);
    await expect(removeIdentity(client, own)).rejects.toEqual(refusedFor("forbidden"));
  });

  it("have addresses that the account may send from", async () => {
    const { account } = await bench();
    const draft = { ...NEW_IDENTITY, email: "boss@far.example" };
    await expect(saveIdentity(account.client, null, draft)).rejects.toEqual(refusedFor("forbiddenFrom"));
  });

  it.each([
    [{ email: "a@b.example" }, null],
    [{ email: "" }, ""],
    [{ email: "nobody" }, "nobody"],
    [{ email: "a@b.example, c@d.example" }, "a@b.example, c@d.example"],
    [{ email: "a@b.example", replyTo: "x y" }, "x y"],
    [{ email: "a@b.example", bcc: "a@b.example, ?" }, "?"],
  ])("say what is no address in %j", (of, wrong) => {
    expect(wrongPart({ ...NEW_IDENTITY, ...of })).toBe(wrong);
  });
});

describe("a quota", () => {
  it.each([
    [79, "room"],
    [80, "much"],
    [94, "much"],
    [95, "nearly-full"],
    [99, "nearly-full"],
    [100, "full"],
    [120, "full"],
  ])("of which %i of 100 is used is %s", (used, fullness) => {
    expect(use("octets", used, 100)).toMatchObject({ percent: used, fullness });
  });

  it("of nothing is full", () => {
    expect(use("count", 0, 0).fullness).toBe("full");
  });

  it("is told for each limit that is known", async () => {
    const { account, server } = await bench();
    expect(await uses(account.client)).toEqual([]);
    const told = (resourceType: string) => ({
      id: resourceType,
      resourceType,
      used: 8,
      hardLimit: 10,
    });
    server.records.quotas = [told("octets"), told("elephants")];
    expect(await uses(account.client)).toEqual([use("octets", 8, 10)]);
  });
});

describe("what the account has of the own capability", () => {
  const NOTHING = {
    maxForwardTargets: null,
    maxBlockedSenders: null,
    maxLabels: null,
    maxSavedSearches: null,
    importUrl: null,
    exportUrl: null,
    maxSizeImport: null,
  };
  it.each([
    [{}, null],
    [{ [OWN]: {} }, NOTHING],
    [{ [OWN]: { maxForwardTargets: 5, other: true } }, { ...NOTHING, maxForwardTargets: 5 }],
    [{ [OWN]: { maxForwardTargets: "many" } }, null],
  ])("is read from %j", async (offers, expected) => {
    const { account } = await bench((server) => Object.assign(server.offers, offers));
    expect(offered(account.client.session, account.client.accountId)).toEqual(expected);
  });
});

describe("forwarding", () => {
  it("is turned on and off; what cannot be is refused and changes nothing", async () => {
    const { account } = await bench();
    const { client } = account;
    expect(await forwarding(client)).toMatchObject({ targets: [], keepCopy: true });
    await setForwarding(client, { targets: ["anna@far.example"], keepCopy: false });
    expect(await forwarding(client)).toMatchObject({ targets: ["anna@far.example"], keepCopy: false });
    const own = setForwarding(client, { targets: ["anna@here.example"], keepCopy: true });
    await expect(own).rejects.toEqual(refusedFor("invalidProperties"));
    expect(await forwarding(client)).toMatchObject({ targets: ["anna@far.example"] });
  });
});

describe("blocked senders", () => {
  it("come and go, the latest first, as many as there may be", async () => {
    const { account } = await bench();
    const { client } = account;
    await block(client, " winner@lottery.example ");
    const back = await block(client, "lottery.example");
    // who is blocked already stays so, also when that is taken back
    await (await block(client, "winner@lottery.example"))();
    expect((await blockedSenders(client)).map(({ pattern }) => pattern)).toEqual([
      "lottery.example",
      "winner@lottery.example",
    ]);
    await back();
    const [left] = await blockedSenders(client);
    if (left === undefined) throw new Error("one is left");
    await unblock(client, left.id);
    expect(await blockedSenders(client)).toEqual([]);
    await expect(unblock(client, left.id)).rejects.toEqual(refusedFor("notFound"));
    await expect(block(client, "not one")).rejects.toEqual(refusedFor("invalidProperties"));
    for (const pattern of ["a.example", "b.example", "c.example"]) await block(client, pattern);
    await expect(block(client, "d.example")).rejects.toEqual(refusedFor("overQuota"));
  });
});

describe("programs", () => {
  const program = (id: string, more: object) => ({
    id,
    kind: "password",
    service: "imap",
    program: "Thunderbird",
    host: "imap.here.example",
    port: 993,
    tls: "implicit",
    address: "192.0.2.1",
    firstSeen: "2026-11-01T10:00:00Z",
    lastSeen: "2026-11-29T10:00:00Z",
    open: 0,
    isThis: false,
    advice: null,
    ...more,
  });

  it("stand in the order in which one looks for them, and end", async () => {
    const { account, server } = await bench();
    for (const one of [
      program("old", { advice: "plain", tls: "none", port: 143, program: null }),
      program("later", { lastSeen: "2026-11-30T10:00:00Z", service: "something-new" }),
      program("open", { open: 2, lastSeen: "2026-11-20T10:00:00Z" }),
      program("here", { kind: "token", service: "webmail", isThis: true }),
    ]) {
      server.records.programs.set(one.id, one);
    }
    expect((await programs(account.client)).map(({ id }) => id)).toEqual(["here", "open", "later", "old"]);
    const [, open] = await programs(account.client);
    if (open === undefined) throw new Error("it is there");
    await endProgram(account.client, open.id);
    expect([...server.records.programs.keys()]).toEqual(["old", "later", "here"]);
  });
});

describe("a password", () => {
  it("is changed where the one of now is right and the next is strong", async () => {
    const { account, server } = await bench();
    const change = (now: string, next: string) => changePassword(account.client, now, next);
    expect(await change("wrong", "correct horse battery")).toEqual({ kind: "wrong" });
    expect(await change("secret", "short")).toEqual({ kind: "weak", reason: "tooShort", least: 10 });
    expect(server.records.password).toBe("secret");
    expect(await change("secret", "correct horse battery")).toEqual({ kind: "changed", endedLogins: 2 });
    expect(server.records.password).toBe("correct horse battery");
  });

  it.each([
    ["forbidden", { kind: "wrong" }],
    ["rateLimit", { kind: "too-often", seconds: null }],
    ["serverUnavailable", { kind: "failed", problem: expect.objectContaining({ type: "serverUnavailable" }) }],
  ])("that is refused by %s says so", async (type, outcome) => {
    const { account, server } = await bench();
    server.refuse.set("Password/set", type);
    expect(await changePassword(account.client, "secret", "correct horse battery")).toEqual(outcome);
  });

  it("that could not be asked for is not said to be changed", async () => {
    const { account, server } = await bench();
    server.loseNextAnswer = true;
    const outcome = await changePassword(account.client, "secret", "correct horse battery");
    expect(outcome).toEqual({ kind: "failed", problem: { kind: "offline" } });
  });
});
