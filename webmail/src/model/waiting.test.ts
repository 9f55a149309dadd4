import { describe, expect, it } from "vitest";
import { type Bench, bench, settled } from "../../test/bench";
import { Failure } from "../jmap/problem";
import { blank, type Composition } from "./composition";
import { AGAIN } from "./desk";
import { inMemory } from "./kept";

async function written(options = {}): Promise<Bench & { composition: Composition }> {
  const there = await bench(() => {}, options);
  const [identity] = there.account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const composition = blank(identity);
  there.desk.put(composition);
  there.desk.change(composition.key, { to: "bram@there.example", subject: "Hallo", text: "Dag Bram" });
  return { ...there, composition };
}

function sent({ server }: Pick<Bench, "server">): number {
  return [...server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds.sent).length;
}

/** Sends it; the server does so, and neither its answer nor another one comes before there is a connection again. */
async function lost({ server, desk, composition }: Bench & { composition: Composition }): Promise<void> {
  server.loseNextAnswer = true;
  void server.next().then(() => {
    server.fault = { kind: "offline" };
  });
  await desk.send(composition.key);
}

describe("a message that is sent without a network", () => {
  it("waits, and goes when there is one, once", async () => {
    const there = await written();
    const { account, composition, scene, server, desk } = there;
    server.fault = { kind: "offline" };
    expect(await desk.send(composition.key)).toEqual({ kind: "offline" });
    expect(desk.of(composition.key)).toMatchObject({ problem: null, composition: { stage: "waiting" } });
    server.fault = null;
    scene.push("open");
    scene.push("open");
    await settled(server);
    expect(sent(there)).toBe(1);
    expect(desk.open.value).toEqual([]);
    expect(account.notice.value).toMatchObject({ kind: "done", what: "sent" });
  });

  it("goes also when its page was closed meanwhile", async () => {
    const kept = inMemory();
    const { account, composition, server, desk } = await written({ kept });
    server.fault = { kind: "offline" };
    await desk.send(composition.key);
    await account.stop();
    server.fault = null;
    const after = await bench(() => {}, { kept, server });
    await settled(server);
    expect(sent(after)).toBe(1);
    expect((await kept.all("compositions")).size).toBe(0);
  });

  it("is not sent twice where only the answers were lost", async () => {
    const there = await written();
    const { composition, scene, server, desk } = there;
    await lost(there);
    expect(desk.of(composition.key)?.composition.stage).toBe("waiting");
    expect(sent(there)).toBe(1);
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect(sent(there)).toBe(1);
    expect(desk.open.value).toEqual([]);
  });

  it("is sent as another message where it was changed after a try whose answer was lost", async () => {
    const kept = inMemory();
    const there = await written({ kept });
    const { composition, server, desk, account } = there;
    await lost(there);
    desk.change(composition.key, { text: "Dag Bram, en neem brood mee" });
    await desk.send(composition.key);
    await account.stop();
    server.fault = null;
    const after = await bench(() => {}, { kept, server });
    await settled(server);
    const all = [...server.records.emails.values()];
    expect(all.map(({ mailboxIds }) => mailboxIds)).toEqual([{ sent: true }, { sent: true }]);
    expect(new Set(all.map(({ messageId }) => messageId?.[0])).size).toBe(2);
    expect(JSON.stringify(all[1])).toContain("brood");
    expect(after.desk.open.value).toEqual([]);
  });

  it("is not sent twice by who sends it again on another page", async () => {
    const kept = inMemory();
    const there = await written({ kept });
    const { composition, server, desk, account } = there;
    server.loseNextAnswer = true;
    void server.next().then(() => {
      server.fault = { kind: "server", status: 502 };
    });
    await desk.send(composition.key);
    await account.stop();
    server.fault = null;
    const after = await bench(() => {}, { kept, server });
    await after.desk.send(composition.key);
    await settled(server);
    expect(sent(after)).toBe(1);
    expect(after.desk.open.value).toEqual([]);
  });

  it("leaves no draft behind when it had gone", async () => {
    const there = await written();
    const { composition, server, desk } = there;
    const ask = server.ask.bind(server);
    server.ask = async (question) => {
      await ask(question);
      throw new Failure({ kind: "server", status: 502 });
    };
    await desk.send(composition.key);
    expect(desk.of(composition.key)?.composition.stage).toBe("writing");
    server.ask = ask;
    await desk.save(composition.key);
    expect([...server.records.emails.values()].map(({ mailboxIds }) => mailboxIds)).toEqual([{ sent: true }]);
    expect(desk.open.value).toEqual([]);
  });

  it("is not kept from going by another that the server cannot take now", async () => {
    const there = await written();
    const { account, composition, scene, server, desk } = there;
    const [identity] = account.identities.value;
    if (identity === undefined) throw new Error("an identity");
    const other = blank(identity);
    desk.put(other);
    desk.change(other.key, { to: "bram@there.example", subject: "Ook", text: "Dag" });
    server.fault = { kind: "offline" };
    await desk.send(composition.key);
    await desk.send(other.key);
    server.fault = null;
    const ask = server.ask.bind(server);
    server.ask = async (question) => {
      const answer = await ask(question);
      if (JSON.stringify(question.body).includes("Dag Bram")) throw new Failure({ kind: "server", status: 503 });
      return answer;
    };
    scene.push("open");
    await settled(server);
    expect(desk.open.value.map(({ composition: { key } }) => key)).not.toContain(other.key);
  });

  it("stays for who goes on writing it", async () => {
    const there = await written();
    const { composition, scene, server, desk } = there;
    server.fault = { kind: "offline" };
    await desk.send(composition.key);
    desk.change(composition.key, { text: "Dag Bram, en" });
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect(sent(there)).toBe(0);
    expect(desk.of(composition.key)?.composition).toMatchObject({ stage: "writing", text: "Dag Bram, en" });
  });

  it.each([
    { kind: "server", status: 503 },
    { kind: "slow-down", seconds: 60 },
  ] as const)("waits on where the server cannot take it now ($kind), and is tried again", async (problem) => {
    const there = await written();
    const { account, composition, scene, server, desk } = there;
    server.fault = { kind: "offline" };
    await desk.send(composition.key);
    server.fault = null;
    // what asks whether it went is answered
    void server.next().then(() => {
      server.fault = problem;
    });
    await desk.sendWaiting();
    expect(desk.of(composition.key)).toMatchObject({ problem: null, composition: { stage: "waiting" } });
    expect(account.notice.value).toBeNull();
    server.fault = null;
    scene.pass(2 * AGAIN);
    await settled(server);
    expect(sent(there)).toBe(1);
    expect(desk.open.value).toEqual([]);
  });

  it("lies open again where the server refuses it", async () => {
    const there = await written();
    const { account, composition, scene, server, desk } = there;
    server.fault = { kind: "offline" };
    await desk.send(composition.key);
    server.fault = null;
    server.refuse.set("EmailSubmission/set", "forbidden");
    scene.push("open");
    await settled(server);
    expect(desk.of(composition.key)).toMatchObject({ composition: { stage: "writing" } });
    expect(account.notice.value).toMatchObject({ kind: "refused", problem: { type: "forbidden" } });
  });
});

describe("what is written while a message goes", () => {
  /** Runs once, when the server has been asked for what has this in it and before it answers. */
  function during({ server }: Bench, what: string, run: () => Promise<void> | void): void {
    const ask = server.ask.bind(server);
    server.ask = async (question) => {
      if (!JSON.stringify(question.body ?? "").includes(what)) return ask(question);
      server.ask = ask;
      const answer = await ask(question);
      await run();
      return answer;
    };
  }

  const submitting = "EmailSubmission/set";
  const looking = "Message-ID";

  it("stays as another message", async () => {
    const there = await written();
    const { composition, desk } = there;
    during(there, submitting, () => desk.change(composition.key, { text: "Dag Bram, en meer" }));
    await desk.send(composition.key);
    expect(sent(there)).toBe(1);
    const left = desk.of(composition.key)?.composition;
    expect(left).toMatchObject({ text: "Dag Bram, en meer", stage: "writing", draftId: null, tried: "no" });
    expect(left?.messageId).not.toBe(composition.messageId);
  });

  it("stays beside what is taken back", async () => {
    const there = await written();
    const { composition, desk } = there;
    during(there, submitting, () => desk.change(composition.key, { text: "Dag Bram, en meer" }));
    const outcome = await desk.send(composition.key);
    if ("kind" in outcome) throw new Error(outcome.kind);
    const back = await desk.unsend(outcome);
    expect(back).not.toBe(composition.key);
    expect(desk.open.value.map(({ composition: { key, text } }) => [key, text])).toEqual([
      [composition.key, "Dag Bram, en meer"],
      [back, "Dag Bram"],
    ]);
  });

  it("stays in what is refused", async () => {
    const there = await written();
    const { composition, server, desk } = there;
    server.refuse.set(submitting, "forbidden");
    during(there, submitting, () => desk.change(composition.key, { text: "Dag Bram, en meer" }));
    await desk.send(composition.key);
    expect(desk.of(composition.key)?.composition).toMatchObject({
      text: "Dag Bram, en meer",
      stage: "writing",
      tried: "no",
    });
  });

  it("is there on the next page, where the page ended while an earlier try was looked for", async () => {
    const kept = inMemory();
    const there = await written({ kept });
    const { composition, server, desk, account } = there;
    await lost(there);
    desk.change(composition.key, { text: "Dag Bram, en meer" });
    server.fault = null;
    during(there, looking, () => account.stop());
    await desk.send(composition.key);
    const after = await bench(() => {}, { kept, server });
    await settled(server);
    expect(after.desk.of(composition.key)?.composition.text).toBe("Dag Bram, en meer");
    expect(sent(after)).toBe(1);
    await after.desk.send(composition.key);
    expect(sent(after)).toBe(2);
  });

  it("is no other message where nothing was written, or only when it goes", async () => {
    const there = await written();
    const { composition, server, desk } = there;
    await lost(there);
    desk.change(composition.key, { to: "bram@there.example" });
    desk.change(composition.key, { sendAt: 9_999_999_999_999 });
    server.fault = null;
    await desk.send(composition.key);
    expect(sent(there)).toBe(1);
    expect(desk.open.value).toEqual([]);
  });
});

describe("a message that is thrown away without a network", () => {
  const drafts = ({ server }: Pick<Bench, "server">) =>
    [...server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds.drafts);

  it("is gone on the server when there is one", async () => {
    const there = await thrownAway();
    const { scene, server, desk, kept } = there;
    expect([desk.open.value.length, drafts(there).length]).toEqual([0, 1]);
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect(drafts(there)).toEqual([]);
    expect((await kept.all("compositions")).size).toBe(0);
  });

  it("is so also when its page was closed meanwhile, and the answer to its last save was lost", async () => {
    const kept = inMemory();
    const there = await written({ kept });
    const { composition, server, desk, account } = there;
    server.loseNextAnswer = true;
    void server.next().then(() => {
      server.fault = { kind: "offline" };
    });
    await desk.save(composition.key);
    await desk.discard(composition.key);
    expect(drafts(there)).toHaveLength(1);
    await account.stop();
    server.fault = null;
    const after = await bench(() => {}, { kept, server });
    await settled(server);
    expect([after.desk.open.value.length, drafts(there).length]).toEqual([0, 0]);
    expect((await kept.all("compositions")).size).toBe(0);
  });

  /** A draft that the server has still. */
  async function thrownAway() {
    const there = await written();
    const { composition, server, desk, account } = there;
    await desk.save(composition.key);
    server.fault = { kind: "offline" };
    await desk.discard(composition.key);
    return { ...there, writing: await account.writing.want() };
  }

  it("is so before one logs out, who is told where it cannot be", async () => {
    const there = await thrownAway();
    const { server, writing } = there;
    await writing.save();
    expect(await writing.unsaved()).toBe(1);
    server.fault = null;
    await writing.save();
    expect([await writing.unsaved(), drafts(there).length]).toEqual([0, 0]);
  });

  it("is so also where the account has nobody to write as any more", async () => {
    const there = await thrownAway();
    const { server, account, writing } = there;
    account.identities.set([]);
    server.fault = null;
    await writing.save();
    expect([await writing.unsaved(), drafts(there).length]).toEqual([0, 0]);
  });
});
