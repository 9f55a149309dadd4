import { describe, expect, it } from "vitest";
import { type Bench, bench, emailId, settled } from "../../test/bench";
import { Server } from "../../test/server/server";
import { Browser } from "../../test/windows";
import { Failure } from "../jmap/problem";
import { blank, type Composition } from "./composition";
import { inMemory, type Kept } from "./kept";
import { AGAIN, MOST_KEPT } from "./uploads";

const file = (name: string, text = name) => ({ file: new File([text], name, { type: "text/plain" }), cid: null });
const offline = () => Promise.reject(new Failure({ kind: "offline" }));

async function written(kept: Kept = inMemory()): Promise<Bench & { composition: Composition }> {
  const there = await bench(() => {}, { kept });
  const [identity] = there.account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const composition = { ...blank(identity), to: "bram@there.example", subject: "Hallo" };
  there.desk.put(composition);
  return { ...there, composition };
}

/** The network goes, and the account knows it. */
async function cut({ server, account, scene }: Bench): Promise<void> {
  server.fault = { kind: "offline" };
  scene.taking = offline;
  await account.follow();
}

async function mend({ server, account, scene }: Bench): Promise<void> {
  server.fault = null;
  scene.taking = async () => ({ status: 201 });
  await account.follow();
  await settled(server);
}

function names({ desk }: Bench, { key }: Composition) {
  return desk.of(key)?.composition.attachments.map(({ name }) => name);
}

function sent({ server }: Pick<Bench, "server">) {
  return [...server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds.sent);
}

describe("a file that is attached", () => {
  it("is part of the message when the server has it, and kept no more", async () => {
    const there = await written();
    await there.desk.attach(there.composition.key, [file("a.txt"), file("b.txt")]);
    await settled(there.server);
    expect(names(there, there.composition)).toEqual(["a.txt", "b.txt"]);
    expect((await there.kept.all("files")).size).toBe(0);
    expect(there.desk.uploads.all.value).toEqual([]);
  });

  it("waits without a network, in the browser, and is taken up by the next page", async () => {
    const there = await written();
    await cut(there);
    await there.desk.attach(there.composition.key, [file("a.txt")]);
    await settled(there.server);
    expect(there.desk.uploads.all.value).toMatchObject([{ name: "a.txt", at: { kind: "waiting" } }]);
    await there.account.stop();
    expect((await there.kept.all("files")).size).toBe(1);
    there.server.fault = null;
    const after = await bench(() => {}, { kept: there.kept, server: there.server });
    expect(names(after, there.composition)).toEqual(["a.txt"]);
    expect((await after.kept.all("files")).size).toBe(0);
  });

  it("waits where nobody knew yet that there is no network, and goes by itself", async () => {
    const there = await written();
    there.scene.taking = offline;
    await there.desk.attach(there.composition.key, [file("a.txt")]);
    await settled(there.server);
    expect(there.desk.uploads.all.value).toMatchObject([{ at: { kind: "waiting" } }]);
    there.scene.taking = async () => ({ status: 201 });
    there.scene.pass(AGAIN);
    await settled(there.server);
    expect(names(there, there.composition)).toEqual(["a.txt"]);
  });

  it("stays with a message that is closed, which goes from the desk when it is all on the server", async () => {
    const there = await written();
    await cut(there);
    const { desk } = there;
    await desk.attach(there.composition.key, [file("a.txt")]);
    await desk.close(there.composition.key);
    expect(desk.unsaved.length).toBe(1);
    await mend(there);
    there.scene.pass(AGAIN);
    await settled(there.server);
    expect(desk.open.value).toEqual([]);
    const drafts = [...there.server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds.drafts);
    expect(drafts).toMatchObject([{ subject: "Hallo" }]);
    expect((await there.kept.all("files")).size).toBe(0);
  });

  it("keeps a message that was sent from going without it, over the end of a page", async () => {
    const there = await written();
    await cut(there);
    await there.desk.attach(there.composition.key, [file("a.txt")]);
    expect(await there.desk.send(there.composition.key)).toEqual({ kind: "offline" });
    await there.account.stop();
    there.server.fault = null;
    const after = await bench(() => {}, { kept: there.kept, server: there.server });
    after.scene.taking = offline;
    await after.account.follow();
    await settled(after.server);
    const making = after.server.calls.filter(({ name }) => name === "EmailSubmission/set");
    expect([after.scene.files, sent(after), making]).toEqual([[5], [expect.anything()], [expect.anything()]]);
    const [made] = after.server.calls.flatMap(({ name, args }) => (name === "Email/set" ? [JSON.stringify(args)] : []));
    expect(made).toContain("a.txt");
  });

  it("opens its message again where the server does not take it", async () => {
    const there = await written();
    await cut(there);
    const { desk } = there;
    const { notice } = there.account;
    await desk.attach(there.composition.key, [file("a.txt")]);
    await desk.send(there.composition.key);
    there.server.fault = null;
    there.scene.taking = async () => ({ status: 413 });
    await there.account.follow();
    await settled(there.server);
    expect(desk.of(there.composition.key)?.composition.stage).toBe("writing");
    expect(notice.value).toMatchObject({ kind: "refused", problem: { kind: "too-large" } });
    const [failed] = desk.uploads.of(there.composition.key);
    expect(failed).toMatchObject({ name: "a.txt", at: { kind: "failed" } });
    there.scene.taking = async () => ({ status: 201 });
    desk.uploads.again(failed?.id ?? "");
    await settled(there.server);
    expect(names(there, there.composition)).toEqual(["a.txt"]);
    expect(sent(there)).toEqual([]);
  });

  it("that breaks off again and again is told of, and not let go", async () => {
    const there = await written();
    there.scene.taking = offline;
    await there.desk.attach(there.composition.key, [file("a.txt")]);
    for (let times = 0; times < 4; times += 1) {
      await settled(there.server);
      there.scene.pass(AGAIN);
    }
    await settled(there.server);
    expect(there.desk.uploads.all.value).toMatchObject([{ at: { kind: "failed", problem: { kind: "offline" } } }]);
    expect((await there.kept.all("files")).size).toBe(1);
  });

  it("goes with a message that is thrown away, and by itself", async () => {
    const there = await written();
    await cut(there);
    const { desk } = there;
    await desk.attach(there.composition.key, [file("a.txt"), file("b.txt")]);
    const [first] = desk.uploads.of(there.composition.key);
    await desk.detach(there.composition.key, first?.id ?? "");
    expect(desk.uploads.of(there.composition.key)).toMatchObject([{ name: "b.txt" }]);
    expect((await there.kept.all("files")).size).toBe(1);
    await desk.discard(there.composition.key);
    expect((await there.kept.all("files")).size).toBe(0);
    expect(desk.uploads.all.value).toEqual([]);
  });

  it("too large for the server is told of at once, also without a network", async () => {
    const there = await written();
    await cut(there);
    const { maxSizeUpload } = there.account.client.session.limits;
    const large = file("a.txt");
    Object.defineProperty(large.file, "size", { value: maxSizeUpload + 1 });
    await there.desk.attach(there.composition.key, [large]);
    expect(there.desk.uploads.all.value).toMatchObject([{ at: { kind: "failed", problem: { kind: "too-large" } } }]);
  });
});

describe("a browser without room", () => {
  it("says that a file lives as long as its page, and the next page says that it is lost", async () => {
    const kept = inMemory();
    const put: Kept["put"] = (kind, key, value) =>
      kind === "files" ? Promise.reject(new DOMException("full", "QuotaExceededError")) : kept.put(kind, key, value);
    const there = await written({ ...kept, put });
    await cut(there);
    const { desk } = there;
    await desk.attach(there.composition.key, [file("a.txt")]);
    await desk.send(there.composition.key);
    expect(desk.uploads.all.value).toMatchObject([{ fleeting: true }]);
    expect(desk.uploads.wouldLose).toBe(true);
    await there.account.stop();
    there.server.fault = null;
    const after = await bench(() => {}, { kept, server: there.server });
    expect(after.desk.uploads.all.value).toMatchObject([{ name: "a.txt", at: { kind: "lost" } }]);
    expect(after.desk.of(there.composition.key)?.composition.stage).toBe("writing");
    expect(sent(after)).toEqual([]);
  });

  it("is one that keeps so much already", async () => {
    const there = await written();
    await cut(there);
    const most = { name: "b.txt", cid: null, bytes: new Blob(["b"]) };
    Object.defineProperty(most.bytes, "size", { value: MOST_KEPT });
    const all: Kept["all"] = async (kind) => (kind === "files" ? new Map([["other/b", most]]) : new Map());
    const full = await written({ ...there.kept, all });
    await cut(full);
    await full.desk.attach(full.composition.key, [file("a.txt")]);
    await settled(full.server);
    expect(full.desk.uploads.all.value).toMatchObject([{ name: "a.txt", fleeting: true }]);
  });
});

describe("files that come together", () => {
  it("are counted together", async () => {
    const there = await written();
    await cut(there);
    const large = ["a.txt", "b.txt"].map((name) => file(name));
    // in the browser as large as here
    const put: Kept["put"] = async (kind, key, value) => {
      await there.kept.put(kind, key, value);
      kept.set(key, value);
    };
    const kept = new Map<string, unknown>();
    const all: Kept["all"] = async (kind) => (kind === "files" ? kept : there.kept.all(kind));
    for (const { file: one } of large) Object.defineProperty(one, "size", { value: MOST_KEPT / 2 + 1 });
    const full = await written({ ...there.kept, all, put });
    await cut(full);
    await full.desk.attach(full.composition.key, large);
    await settled(full.server);
    expect(full.desk.uploads.all.value).toMatchObject([
      { name: "a.txt", fleeting: false },
      { name: "b.txt", fleeting: true },
    ]);
  });
});

describe("a draft of the server", () => {
  it("lies open in one window, which is asked to show it", async () => {
    const [server, browser, kept] = [new Server(), new Browser(), inMemory()];
    const open = () => bench(() => {}, { server, kept, windows: browser.window() });
    const [one, other] = [await open(), await open()];
    const [identity] = one.account.identities.value;
    if (identity === undefined) throw new Error("an identity");
    const draft = { ...blank(identity), messageId: "draft@here.example" };
    expect(await one.desk.begin(draft)).toBe(true);
    expect(await other.desk.begin({ ...draft, key: "another" })).toBe(false);
    await settled(server);
    expect(one.desk.called.value).toBe(draft.key);
    expect(other.desk.open.value).toEqual([]);
    await one.desk.close(draft.key);
    await settled(server);
    expect(await other.desk.begin({ ...draft, key: "another" })).toBe(true);
  });

  it("is known by its record where it bears no id", async () => {
    const [server, browser, kept] = [new Server(), new Browser(), inMemory()];
    const open = () => bench(() => {}, { server, kept, windows: browser.window() });
    const [one, other] = [await open(), await open()];
    const [identity] = one.account.identities.value;
    if (identity === undefined) throw new Error("an identity");
    const draftId = emailId(server.deliver({ mailbox: "drafts" }));
    const draft = () => ({ ...blank(identity), draftId });
    expect(await one.desk.begin(draft())).toBe(true);
    expect(await other.desk.begin(draft())).toBe(false);
  });
});
