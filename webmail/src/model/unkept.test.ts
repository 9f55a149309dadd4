/** A browser whose database breaks while a window is open. */
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { describe, expect, it } from "vitest";
import { type Bench, bench, emailId, mailboxId, settled } from "../../test/bench";
import { blank, type Composition } from "./composition";
import { inBrowser, inMemory, type Kept } from "./kept";

/** Fails in all it does from the moment it is broken. */
function breaking(): { kept: Kept; break: () => void; mend: () => void } {
  const whole = inMemory();
  let broken = false;
  const unless =
    <A extends unknown[], T>(act: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      if (broken) throw new DOMException("The database connection is closing.", "InvalidStateError");
      return act(...args);
    };
  const kept: Kept = {
    all: unless(whole.all),
    put: unless(whole.put),
    remove: unless(whole.remove),
    write: unless(whole.write),
    clear: unless(whole.clear),
  };
  const turn = (now: boolean) => () => {
    broken = now;
  };
  return { kept, break: turn(true), mend: turn(false) };
}

async function written(): Promise<Bench & { composition: Composition; database: ReturnType<typeof breaking> }> {
  const database = breaking();
  const there = await bench((server) => server.deliver({ id: "a" }), { kept: database.kept });
  const [identity] = there.account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const composition = blank(identity);
  there.desk.put(composition);
  there.desk.change(composition.key, { to: "bram@there.example", subject: "Hallo", text: "Dag Bram" });
  database.break();
  return { ...there, composition, database };
}

function subjects({ server }: Bench, mailbox: string) {
  return [...server.records.emails.values()].flatMap(({ mailboxIds, subject }) =>
    mailboxIds[mailbox] ? [subject] : [],
  );
}

describe("where the browser keeps nothing any more", () => {
  it("a draft is saved on the server", async () => {
    const there = await written();
    expect(there.desk.wouldLose).toBe(false);
    await there.desk.save(there.composition.key);
    expect(subjects(there, "drafts")).toEqual(["Hallo"]);
    expect(there.desk.of(there.composition.key)?.saving).toBe("saved");
  });

  it("a message is sent", async () => {
    const there = await written();
    expect(await there.desk.send(there.composition.key)).toMatchObject({ emailId: expect.anything() });
    expect(subjects(there, "sent")).toEqual(["Hallo"]);
    expect(there.desk.open.value).toEqual([]);
  });

  it("a message that cannot be sent yet lives as long as its page, which says so", async () => {
    const there = await written();
    const { server, desk, scene, composition } = there;
    server.fault = { kind: "offline" };
    await desk.save(composition.key);
    expect(desk.of(composition.key)?.saving).toBe("unsaved");
    expect(desk.wouldLose).toBe(true);
    await desk.send(composition.key);
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect(subjects(there, "sent")).toEqual(["Hallo"]);
    expect(desk.wouldLose).toBe(false);
  });

  it("a file goes with its message, and a message goes when it is thrown away", async () => {
    const there = await written();
    const { server, desk, composition } = there;
    await desk.attach(composition.key, [{ file: new File(["een"], "a.txt"), cid: null }]);
    await settled(server);
    expect(desk.of(composition.key)?.composition.attachments).toMatchObject([{ name: "a.txt" }]);
    await desk.discard(composition.key);
    expect(desk.open.value).toEqual([]);
  });

  it("an act is done, once", async () => {
    const { server, account, database } = await written();
    await account.look({ kind: "mailbox", id: mailboxId("inbox"), only: [] }).need(0, 1);
    database.mend();
    server.fault = { kind: "offline" };
    await account.mark([emailId("a")], "flagged");
    await settled(server);
    server.fault = null;
    database.break();
    await account.mark([emailId("a")], "read");
    await settled(server);
    expect(account.outbox.waiting.value).toBe(0);
    database.mend();
    await account.outbox.send();
    expect(server.names.filter((name) => name === "Email/set")).toHaveLength(2);
  });

  it("one logs out all the same", async () => {
    const { account, desk } = await written();
    await account.close();
    expect(desk.open.value).toEqual([]);
  });
});

describe("a database that a later version took away", () => {
  it("goes as a whole when its owner logs out", async () => {
    const databases = new IDBFactory();
    const kept = await inBrowser("anna", databases);
    await kept.put("compositions", "x", { text: "Dag" });
    const later = databases.open("glaspost/anna", 9);
    await new Promise((resolve) => (later.onsuccess = resolve));
    later.result.close();
    await expect(kept.all("compositions")).rejects.toThrow();
    await kept.clear();
    expect(await databases.databases()).toEqual([]);
  });
});
