import { describe, expect, it } from "vitest";
import { bench } from "../../test/bench";
import { blank } from "./composition";

async function sending() {
  const there = await bench();
  const { account, desk } = there;
  const { held } = await account.writing.want();
  const [identity] = account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const send = async (subject: string) => {
    const of = { ...blank(identity), to: "bram@there.example", subject };
    desk.put(of);
    const outcome = await desk.send(of.key);
    if ("kind" in outcome) throw new Error(outcome.kind);
    held.add(outcome);
    return outcome;
  };
  const next = () => held.newest(account.notice.value)?.sent.composition.subject;
  return { ...there, held, send, next };
}

describe("what was sent lately", () => {
  it("is taken back one after another, the newest first", async () => {
    const { held, send, next, desk } = await sending();
    await send("one");
    await send("two");
    expect(next()).toBe("two");
    for (const expected of ["two", "one"]) {
      const gone = held.newest(null);
      expect(gone === undefined ? null : await held.takeBack(gone)).toBe(gone?.sent.composition.key);
      expect(desk.open.value.at(-1)?.composition.subject).toBe(expected);
    }
    expect(next()).toBeUndefined();
  });

  it("stays to be taken back where there is no network just now, until its time is over", async () => {
    const { held, send, next, server, scene } = await sending();
    await send("one");
    server.fault = { kind: "offline" };
    const gone = held.newest(null);
    if (gone === undefined) throw new Error("something was sent");
    expect(await held.takeBack(gone)).toEqual({ kind: "offline" });
    expect(next()).toBe("one");
    scene.pass(9_999);
    expect(next()).toBe("one");
    scene.pass(1);
    expect(held.all.value).toEqual([]);
  });

  it("waits where something was done after it", async () => {
    const { send, next, account } = await sending();
    account.done("archived", 1, new Map());
    await send("one");
    expect(next()).toBe("one");
    account.done("trashed", 1, new Map());
    expect(next()).toBeUndefined();
    account.notice.set(null);
    expect(next()).toBe("one");
  });

  it("is held for as long as one chose and the server lets one", async () => {
    const { send, next, account, server, held } = await sending();
    account.undoSeconds = 30;
    await send("long");
    account.undoSeconds = 0;
    const atOnce = await send("at once");
    const envelopes = [...server.records.submissions.values()].map(({ envelope }) => envelope);
    expect(envelopes).toMatchObject([
      { mailFrom: { parameters: { HOLDFOR: "30" } } },
      { mailFrom: { parameters: null } },
    ]);
    expect(atOnce.submissionId).toBeNull();
    expect([next(), held.all.value.length]).toEqual(["long", 2]);
  });
});
