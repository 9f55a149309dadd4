import { describe, expect, it, vi } from "vitest";
import { bench, settled } from "../../test/bench";
import { drafts, sent, written } from "../../test/writing";
import { AGAIN } from "./desk";
import { inMemory } from "./kept";

describe("a message on the desk", () => {
  it("is one draft, however often it is saved", async () => {
    const there = await written();
    await there.desk.save(there.composition.key);
    there.desk.change(there.composition.key, { subject: "Hallo weer" });
    await there.desk.save(there.composition.key);
    expect(drafts(there)).toMatchObject([{ subject: "Hallo weer" }]);
  });

  it("is one draft also where the answer to a save was lost", async () => {
    const there = await written();
    const { desk, server, composition } = there;
    await desk.save(composition.key);
    server.loseNextAnswer = true;
    desk.change(composition.key, { subject: "Hallo weer" });
    await desk.save(composition.key);
    expect(desk.of(composition.key)).toMatchObject({ saving: "here", composition: { unsure: true } });
    desk.change(composition.key, { subject: "Hallo nog eens" });
    await desk.save(composition.key);
    expect(drafts(there)).toMatchObject([{ subject: "Hallo nog eens" }]);
    expect(desk.of(composition.key)?.composition.unsure).toBe(false);
  });

  it.each(["saves", "sends"])(
    "destroys nothing that another device saved meanwhile where it %s again after a fault",
    async (how) => {
      vi.useFakeTimers({ toFake: ["Date"] });
      try {
        const there = await written();
        const { desk, server, composition } = there;
        await desk.save(composition.key);
        const other = await bench(() => {}, { server });
        const draft = desk.of(composition.key)?.composition;
        if (draft === undefined) throw new Error("a draft");
        other.desk.put({ ...draft, key: "other" });
        desk.change(composition.key, { text: "Hier" });
        server.fault = { kind: "offline" };
        await desk.save(composition.key);
        server.fault = null;
        vi.setSystemTime(Date.now() + 60_000);
        other.desk.change("other", { text: "Daar" });
        await other.desk.save("other");
        vi.setSystemTime(Date.now() + 60_000);
        if (how === "saves") await desk.save(composition.key);
        else sent(await desk.send(composition.key));
        const texts = drafts(there).map(({ preview }) => preview);
        expect(texts.sort()).toEqual(how === "saves" ? ["Daar", "Hier"] : ["Daar"]);
      } finally {
        vi.useRealTimers();
      }
    },
  );

  it("is one draft also where its page ended before the answer", async () => {
    const kept = inMemory();
    const there = await written({ kept });
    const saving = there.desk.save(there.composition.key);
    await there.server.next();
    const record = (await kept.all("compositions")).get(there.composition.key);
    await saving;
    there.desk.end();
    await kept.put("compositions", there.composition.key, record);
    const after = await bench(() => {}, { kept, server: there.server });
    await after.desk.save(there.composition.key);
    expect(drafts(after)).toMatchObject([{ subject: "Hallo" }]);
  });

  it("that the server cannot take now is saved a while later", async () => {
    const there = await written();
    const { desk, server, scene, composition } = there;
    server.fault = { kind: "slow-down", seconds: 60 };
    await desk.save(composition.key);
    server.fault = null;
    scene.pass(AGAIN);
    await settled(server);
    expect(drafts(there)).toEqual([]);
    scene.pass(AGAIN);
    await settled(server);
    expect(drafts(there)).toMatchObject([{ subject: "Hallo" }]);
    expect(desk.of(composition.key)).toMatchObject({ saving: "saved", problem: null });
  });

  it("is no draft any more when it was sent after the answer to a save was lost", async () => {
    const there = await written();
    there.server.loseNextAnswer = true;
    await there.desk.save(there.composition.key);
    sent(await there.desk.send(there.composition.key));
    expect(drafts(there)).toEqual([]);
  });
});

describe("a draft that lies open here", () => {
  /** Saved here, and opened on another device. */
  async function shared() {
    const there = await written();
    await there.desk.save(there.composition.key);
    const other = await bench(() => {}, { server: there.server });
    const draft = there.desk.of(there.composition.key)?.composition;
    if (draft === undefined) throw new Error("a draft");
    other.desk.put({ ...draft, key: "other" });
    const changed = async () => {
      there.scene.changed();
      await settled(there.server);
    };
    return { ...there, other, changed };
  }

  it("goes from the desk when it was sent on another device", async () => {
    const { account, desk, other, changed } = await shared();
    await changed();
    expect(desk.open.value).toHaveLength(1);
    sent(await other.desk.send("other"));
    await changed();
    expect(desk.open.value).toEqual([]);
    expect(account.notice.value).toMatchObject({ kind: "done", what: "sent", count: 1 });
  });

  it("does not come back with the next page when it was sent meanwhile", async () => {
    const { server, kept, desk, other } = await shared();
    desk.end();
    sent(await other.desk.send("other"));
    const after = await bench(() => {}, { kept, server });
    expect(after.desk.open.value).toEqual([]);
    expect(after.account.notice.value).toBeNull();
    expect((await kept.all("compositions")).size).toBe(0);
  });

  it("is here only when it was thrown away on another device", async () => {
    const there = await shared();
    const { desk, composition, other, changed } = there;
    await other.desk.discard("other");
    await changed();
    expect(desk.of(composition.key)).toMatchObject({ saving: "unsaved", composition: { draftId: null } });
    await desk.close(composition.key);
    expect(drafts(there)).toMatchObject([{ subject: "Hallo" }]);
  });

  it("takes what another device saves of it, when nothing was changed here", async () => {
    const there = await shared();
    const { desk, composition, other, changed } = there;
    other.desk.change("other", { text: "Dag Bram, en meer" });
    await other.desk.save("other");
    await changed();
    expect(desk.of(composition.key)).toMatchObject({ saving: "saved", composition: { text: "Dag Bram, en meer" } });
    desk.change(composition.key, { subject: "Hallo weer" });
    await desk.save(composition.key);
    expect(drafts(there)).toMatchObject([{ subject: "Hallo weer", preview: "Dag Bram, en meer" }]);
    other.scene.changed();
    await settled(there.server);
    sent(await other.desk.send("other"));
    await changed();
    expect(desk.open.value).toEqual([]);
  });

  it("goes when it was to go, whatever another device saves of it", async () => {
    const { desk, composition, other, changed } = await shared();
    desk.change(composition.key, { sendAt: 2_000_000_000_000 });
    await desk.save(composition.key);
    const saved = desk.of(composition.key)?.composition;
    if (saved === undefined) throw new Error("a draft");
    other.desk.put({ ...saved, key: "other", sendAt: null });
    other.desk.change("other", { text: "Dag Bram, en meer" });
    await other.desk.save("other");
    await changed();
    expect(desk.of(composition.key)?.composition).toMatchObject({
      text: "Dag Bram, en meer",
      sendAt: 2_000_000_000_000,
    });
  });

  it("is a draft of its own when it was changed here too, and says so", async () => {
    const there = await shared();
    const { desk, composition, other, changed } = there;
    desk.change(composition.key, { text: "Hier" });
    other.desk.change("other", { text: "Daar" });
    await other.desk.save("other");
    await changed();
    expect(desk.of(composition.key)).toMatchObject({ isForked: false, composition: { text: "Hier" } });
    await desk.save(composition.key);
    expect(desk.of(composition.key)).toMatchObject({ saving: "saved", isForked: true });
    desk.change(composition.key, { text: "Hier, en meer" });
    await desk.save(composition.key);
    const previews = () => drafts(there).map(({ preview }) => preview);
    expect(previews().sort()).toEqual(["Daar", "Hier, en meer"]);
    sent(await desk.send(composition.key));
    expect(previews()).toEqual(["Daar"]);
  });

  it("loses nothing of what another device saved where an answer to a later save is lost", async () => {
    const there = await shared();
    const { desk, server, composition, other } = there;
    desk.change(composition.key, { text: "Hier" });
    other.desk.change("other", { text: "Daar" });
    await other.desk.save("other");
    await desk.save(composition.key);
    server.loseNextAnswer = true;
    desk.change(composition.key, { text: "Hier, en meer" });
    await desk.save(composition.key);
    await desk.save(composition.key);
    expect(
      drafts(there)
        .map(({ preview }) => preview)
        .sort(),
    ).toEqual(["Daar", "Hier, en meer"]);
  });

  it("stays on the desk where only its closing found that another device has saved it", async () => {
    const { desk, composition, other } = await shared();
    desk.change(composition.key, { text: "Hier" });
    other.desk.change("other", { text: "Daar" });
    await other.desk.save("other");
    await desk.close(composition.key);
    expect(desk.of(composition.key)).toMatchObject({ saving: "saved", isForked: true });
    await desk.close(composition.key);
    expect(desk.open.value).toEqual([]);
  });
});
