import { describe, expect, it } from "vitest";
import { bench, mailboxId } from "../../../test/bench";
import type { Sending } from "../../jmap/transfer";
import { importsOf } from "./imports.svelte";

const into = { kind: "mailbox", id: mailboxId("inbox") } as const;
const OUTCOME = '{"imported":1,"alreadyThere":2}';

/** Files go when the test lets them. */
async function stage() {
  const { account } = await bench();
  const open: { url: string; end: (status: number, body: string) => void; progress: (sent: number) => void }[] = [];
  const sending: Sending = (url, _, progress, signal) =>
    new Promise((resolve, reject) => {
      open.push({ url, progress, end: (status, body) => resolve({ status, retryAfter: null, body }) });
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const imports = importsOf(account, "/jmap/import/{accountId}/{mailboxId}", 20, sending);
  const kinds = () => imports.items.map(({ progress }) => progress.kind);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  return { account, imports, open, kinds, turn };
}

describe("files on their way in", () => {
  it("go one after another, each to its place", async () => {
    const { imports, open, kinds, turn } = await stage();
    imports.add([new File(["From x"], "a.mbox"), new File(["x"], "b.vcf"), new File(["x"], "c.png")], into);
    expect(kinds()).toEqual(["sending", "waiting", "unknown-kind"]);
    open[0]?.progress(3);
    expect(imports.items[0]?.progress).toEqual({ kind: "sending", percent: 50 });
    open[0]?.progress(6);
    expect(kinds()[0]).toBe("working");
    open[0]?.end(200, OUTCOME);
    await turn();
    expect(kinds()).toEqual(["done", "sending", "unknown-kind"]);
    open[1]?.end(413, "");
    await turn();
    expect(kinds()).toEqual(["done", "failed", "unknown-kind"]);
    expect(open.map(({ url }) => url)).toEqual(["/jmap/import/a1/inbox", "/jmap/import/a1/contacts"]);
    expect(imports.busy).toBe(false);
  });

  it("are not sent where they are larger than the server takes", async () => {
    const { imports, open, kinds } = await stage();
    imports.add([new File(["x".repeat(21)], "a.mbox"), new File(["x"], "b.eml")], into);
    expect([kinds(), open.length]).toEqual([["failed", "waiting"], 0]);
  });

  it("stop when they are stopped, and others can follow", async () => {
    const { imports, open, kinds, turn } = await stage();
    imports.add([new File(["x"], "a.eml"), new File(["x"], "b.eml")], into);
    imports.stop();
    await turn();
    expect(kinds()).toEqual(["stopped", "stopped"]);
    imports.add([new File(["x"], "c.eml")], into);
    open[1]?.end(200, OUTCOME);
    await turn();
    expect(kinds()).toEqual(["stopped", "stopped", "done"]);
  });

  it("are lost with the page as long as they go on", async () => {
    const { account, imports, open, turn } = await stage();
    expect(account.wouldLose).toBe(false);
    imports.add([new File(["x"], "a.eml")], into);
    expect(account.wouldLose).toBe(true);
    open[0]?.end(200, OUTCOME);
    await turn();
    expect(account.wouldLose).toBe(false);
  });

  it("are the same wherever one looks, and end with the account", async () => {
    const { account, imports, kinds, turn } = await stage();
    imports.add([new File(["x"], "a.eml"), new File(["x"], "b.eml")], into);
    expect(importsOf(account, "/another", null)).toBe(imports);
    await account.close();
    await turn();
    expect(kinds()).toEqual(["stopped", "stopped"]);
  });
});
