import { describe, expect, it } from "vitest";
import { bench, emailId, mailboxId, settled } from "../../test/bench";
import { drafts, sent, written } from "../../test/writing";
import { Account } from "./account";
import { blank } from "./composition";
import { KEEP_AFTER, SAVE_AFTER } from "./desk";
import { inMemory } from "./kept";
import { alone } from "./windows";

describe("a message on the desk", () => {
  it("of an earlier page lies there when what was left is taken up", async () => {
    const before = await written();
    await before.desk.keepAll();
    before.desk.end();
    const { kept, server } = before;
    const account = await Account.open(server, async () => kept, {
      conversations: false,
      around: before.scene.around,
      windows: alone(),
    });
    const { desk, takenUp } = await account.writing.want();
    expect(desk.open.value).toEqual([]);
    await takenUp;
    expect(desk.of(before.composition.key)?.composition.subject).toBe("Hallo");
  });

  it("is kept here after a second of quiet, and on the server after a few", async () => {
    const there = await written();
    const { scene, kept, composition, server, desk } = there;
    expect((await kept.all("compositions")).size).toBe(0);
    scene.pass(KEEP_AFTER);
    await settled(server);
    expect((await kept.all("compositions")).get(composition.key)).toMatchObject({ subject: "Hallo" });
    expect(drafts(there)).toEqual([]);
    scene.pass(SAVE_AFTER);
    await settled(server);
    expect(drafts(there)).toMatchObject([{ subject: "Hallo", keywords: { $draft: true, $seen: true } }]);
    expect(desk.of(composition.key)?.saving).toBe("saved");
  });

  it("that is changed while it is saved is not said to be saved", async () => {
    const { composition, server, scene, desk } = await written();
    const { requests } = server;
    const saving = desk.save(composition.key);
    while (server.requests === requests) await Promise.resolve();
    desk.change(composition.key, { text: "Dag Bram, en meer" });
    await saving;
    expect(desk.of(composition.key)).toMatchObject({
      saving: "unsaved",
      composition: { text: "Dag Bram, en meer" },
    });
    scene.pass(SAVE_AFTER);
    await settled(server);
    expect(desk.of(composition.key)?.saving).toBe("saved");
  });

  it("is kept at once when the page goes, and when the session has ended", async () => {
    const { account, kept, composition, server, desk } = await written();
    await desk.keepAll();
    expect((await kept.all("compositions")).get(composition.key)).toMatchObject({ text: "Dag Bram" });
    server.fault = { kind: "signed-out" };
    desk.change(composition.key, { text: "Dag Bram, en" });
    await desk.save(composition.key);
    expect(account.line.value).toEqual({ kind: "broken", cause: { kind: "signed-out" } });
    await account.stop();
    expect((await kept.all("compositions")).get(composition.key)).toMatchObject({ text: "Dag Bram, en" });
  });

  it("survives a reload without network", async () => {
    const kept = inMemory();
    const { server, composition, desk } = await written({ kept });
    server.fault = { kind: "offline" };
    await desk.save(composition.key);
    expect(desk.of(composition.key)).toMatchObject({ saving: "here", problem: { kind: "offline" } });
    server.fault = null;
    const after = await bench(() => {}, { kept, server });
    expect(after.desk.of(composition.key)?.composition).toMatchObject({ text: "Dag Bram", subject: "Hallo" });
  });

  it("that was written without network is a draft when it is closed after a reload", async () => {
    const kept = inMemory();
    const { server, composition, desk } = await written({ kept });
    server.fault = { kind: "offline" };
    await desk.save(composition.key);
    server.fault = null;
    const after = await bench(() => {}, { kept, server });
    await after.desk.close(composition.key);
    expect(drafts(after)).toMatchObject([{ subject: "Hallo" }]);
    expect((await kept.all("compositions")).size).toBe(0);
  });

  it("that the server has is not saved again when it is closed after a reload", async () => {
    const kept = inMemory();
    const before = await written({ kept });
    await before.desk.save(before.composition.key);
    const [draft] = drafts(before);
    const after = await bench(() => {}, { kept, server: before.server });
    await after.desk.close(before.composition.key);
    expect(drafts(after).map(({ id }) => id)).toEqual([draft?.id]);
    expect((await kept.all("compositions")).size).toBe(0);
  });

  it("leaves nothing in the browser when its writer logs out", async () => {
    const { account, kept, scene, server, desk } = await written();
    await desk.keepAll();
    await account.close();
    scene.pass(SAVE_AFTER);
    await settled(server);
    expect((await kept.all("compositions")).size).toBe(0);
    expect(desk.open.value).toEqual([]);
  });

  it("goes to each of its recipients once, held so that it can be taken back, and lies in Sent", async () => {
    const there = await written();
    const { server, composition, desk } = there;
    desk.change(composition.key, { cc: "PIET@there.example" });
    await desk.save(composition.key);
    const outcome = sent(await desk.send(composition.key));
    const [submission] = server.records.submissions.values();
    expect(submission?.envelope).toEqual({
      mailFrom: { email: "anna@here.example", parameters: { HOLDFOR: "10" } },
      rcptTo: [
        { email: "bram@there.example", parameters: null },
        { email: "PIET@there.example", parameters: null },
      ],
    });
    const message = server.records.emails.get(outcome.emailId);
    expect(message).toMatchObject({ mailboxIds: { sent: true }, keywords: { $seen: true } });
    expect(drafts(there)).toEqual([]);
    expect(desk.open.value).toEqual([]);
    expect((await there.kept.all("compositions")).size).toBe(0);
  });

  it("is taken back, and lies open again with its draft", async () => {
    const there = await written();
    const { server, composition, desk } = there;
    const outcome = sent(await desk.send(composition.key));
    expect(await desk.unsend(outcome)).toBe(composition.key);
    expect([...server.records.submissions.values()]).toMatchObject([{ undoStatus: "canceled" }]);
    expect(drafts(there)).toMatchObject([{ id: outcome.emailId, keywords: { $draft: true } }]);
    expect(desk.of(composition.key)?.composition.draftId).toBe(outcome.emailId);
  });

  it("is not taken back where it is too late, or where the server does not hold", async () => {
    const { server, composition, desk } = await written();
    const outcome = sent(await desk.send(composition.key));
    for (const submission of server.records.submissions.values()) submission.undoStatus = "final";
    expect(await desk.unsend(outcome)).toMatchObject({ kind: "refused-record", type: "cannotUnsend" });
    expect(desk.open.value).toEqual([]);
    expect(await desk.unsend({ ...outcome, submissionId: null })).toMatchObject({ type: "cannotUnsend" });
  });

  it("whose answer is lost has gone once", async () => {
    const { server, composition, desk } = await written();
    server.loseNextAnswer = true;
    const outcome = sent(await desk.send(composition.key));
    expect(server.records.submissions.size).toBe(1);
    expect(outcome.submissionId).toBeNull();
    expect(desk.open.value).toEqual([]);
  });

  it("that was being sent when the page ended is looked for before it is shown again", async () => {
    const kept = inMemory();
    const { server, composition, desk } = await written({ kept });
    const before = desk.of(composition.key)?.composition;
    sent(await desk.send(composition.key));
    await kept.put("compositions", composition.key, { ...before, stage: "sending" });
    await kept.put("compositions", "other", { ...before, key: "other", messageId: "x@y", stage: "sending" });
    const after = await bench(() => {}, { kept, server });
    expect(after.desk.open.value.map((one) => one.composition.key)).toEqual(["other"]);
  });

  it("that is refused stays, with what is wrong and with its draft", async () => {
    const there = await written();
    there.server.refuse.set("EmailSubmission/set", "forbiddenToSend");
    const outcome = await there.desk.send(there.composition.key);
    expect(outcome).toMatchObject({ kind: "refused-method", type: "forbiddenToSend" });
    expect(there.desk.of(there.composition.key)).toMatchObject({
      problem: outcome,
      composition: { stage: "writing" },
    });
    expect(drafts(there).length).toBe(1);
    await there.desk.send(there.composition.key);
    expect(drafts(there)).toEqual([]);
  });

  it("marks what it answers when it goes, and unmarks it when it is taken back", async () => {
    const { server, account, composition, desk } = await written();
    server.deliver({ id: "a" });
    desk.change(composition.key, { origin: { id: emailId("a"), mark: "$answered" } });
    const list = account.look({ kind: "mailbox", id: mailboxId("inbox"), only: [] });
    await list.need(0, 1);
    const outcome = sent(await desk.send(composition.key));
    await settled(server);
    expect(server.records.emails.get("a")?.keywords).toEqual({ $answered: true });
    await desk.unsend(outcome);
    await settled(server);
    expect(server.records.emails.get("a")?.keywords).toEqual({});
  });

  it.each([
    ["$answered", { inReplyTo: ["a@there.example"], references: ["a@there.example"] }],
    ["$forwarded", { inReplyTo: null, references: ["x@there.example", "a@there.example"] }],
  ])("that was gone on with as a draft marks %s what it names", async (mark, names) => {
    const { server, account, composition, desk } = await written();
    server.deliver({ id: "a" });
    desk.change(composition.key, names);
    await account.look({ kind: "mailbox", id: mailboxId("inbox"), only: [] }).need(0, 1);
    const outcome = sent(await desk.send(composition.key));
    await settled(server);
    expect(server.records.emails.get("a")?.keywords).toEqual({ [mark]: true });
    await desk.unsend(outcome);
    await settled(server);
    expect(server.records.emails.get("a")?.keywords).toEqual({});
  });

  it("marks what it answers also where its page ended, or the answer was lost", async () => {
    const kept = inMemory();
    const { server, composition, desk } = await written({ kept });
    for (const id of ["a", "b"]) server.deliver({ id });
    desk.change(composition.key, { origin: { id: emailId("a"), mark: "$answered" } });
    const before = desk.of(composition.key)?.composition;
    server.loseNextAnswer = true;
    sent(await desk.send(composition.key));
    await settled(server);
    expect(server.records.emails.get("a")?.keywords).toEqual({ $answered: true });
    const origin = { id: "b", mark: "$answered" };
    await kept.put("compositions", composition.key, { ...before, origin, stage: "sending" });
    await bench(() => {}, { kept, server });
    await settled(server);
    expect(server.records.emails.get("b")?.keywords).toEqual({ $answered: true });
    expect((await kept.all("compositions")).size).toBe(0);
  });

  it("that the server failed on is not sent twice by who tries again", async () => {
    const { server, composition, desk } = await written();
    server.loseNextAnswer = true;
    void server.next().then(() => {
      server.fault = { kind: "server", status: 502 };
    });
    const outcome = await desk.send(composition.key);
    expect(outcome).toMatchObject({ kind: "offline" });
    server.fault = null;
    sent(await desk.send(composition.key));
    expect(server.records.submissions.size).toBe(1);
  });

  it("that was changed after the server failed on it is sent as it is now", async () => {
    const { server, composition, desk } = await written();
    server.loseNextAnswer = true;
    void server.next().then(() => {
      server.fault = { kind: "server", status: 502 };
    });
    await desk.send(composition.key);
    server.fault = null;
    desk.change(composition.key, { text: "Dag Bram, en meer" });
    const { emailId } = sent(await desk.send(composition.key));
    expect(server.records.emails.get(emailId)?.preview).toBe("Dag Bram, en meer");
  });

  it("with nothing in it goes when it is closed; with something it is saved", async () => {
    const there = await written();
    const { account, composition, server, desk } = there;
    await desk.close(composition.key);
    expect(drafts(there).length).toBe(1);
    const [identity] = account.identities.value;
    if (identity === undefined) throw new Error("an identity");
    const empty = blank(identity);
    desk.put(empty);
    await desk.close(empty.key);
    expect(desk.open.value).toEqual([]);
    expect(server.records.emails.size).toBe(1);
  });

  it("is thrown away with its draft", async () => {
    const there = await written();
    await there.desk.save(there.composition.key);
    await there.desk.discard(there.composition.key);
    expect([drafts(there).length, there.desk.open.value.length]).toEqual([0, 0]);
  });
});
