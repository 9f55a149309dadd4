import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { LONGEST_PAGE } from "../model/replica_bounds";
import { database, SESSION } from "../model/replica_database";
import { Pages } from "./pages";

const POLICY = "default-src 'none'; sandbox allow-same-origin";

describe("documents of messages", () => {
  let databases: IDBFactory;
  let online: boolean;
  let page: string;
  let asked: string[];
  const open = (account: string) => database(account, databases);
  const server = async (request: Request) => {
    if (!online) throw new TypeError("no network");
    asked.push(request.url);
    return new Response(page, { headers: { "Content-Security-Policy": POLICY, "Content-Type": "text/html" } });
  };

  async function get(path: string): Promise<Response> {
    const behind: Promise<void>[] = [];
    const answer = await new Pages(open, server).answer(new Request(`https://here.example${path}`), (work) =>
      behind.push(work),
    );
    await Promise.all(behind);
    return answer;
  }

  beforeEach(async () => {
    databases = new IDBFactory();
    const logged = await open("a1");
    await logged.write([{ kind: "state", key: SESSION, value: {} }]);
    online = true;
    page = "<p>Dag";
    asked = [];
  });

  it("come from the server, and without a network as they were shown, under the same policy", async () => {
    expect(await (await get("/jmap/html/a1/e1/2")).text()).toBe("<p>Dag");
    page = "<p>Dag weer";
    expect(await (await get("/jmap/html/a1/e1/2")).text()).toBe("<p>Dag weer");
    online = false;
    const kept = await get("/jmap/html/a1/e1/2");
    expect([await kept.text(), kept.headers.get("Content-Security-Policy")]).toEqual(["<p>Dag weer", POLICY]);
    expect(asked.length).toBe(2);
  });

  it("that were not shown are not there", async () => {
    online = false;
    expect((await get("/jmap/html/a1/e1/2")).type).toBe("error");
  });

  it("are kept without the images of the web, and shown so", async () => {
    await get("/jmap/html/a1/e1/2?remote=1");
    online = false;
    expect((await get("/jmap/html/a1/e1/2?remote=1")).type).toBe("error");
    online = true;
    await get("/jmap/html/a1/e1/2");
    online = false;
    expect(await (await get("/jmap/html/a1/e1/2?remote=1")).text()).toBe("<p>Dag");
  });

  it("are not kept where nobody is logged in, nor where they are long", async () => {
    await get("/jmap/html/a2/e1/2");
    page = "x".repeat(LONGEST_PAGE + 1);
    await get("/jmap/html/a1/e1/2");
    online = false;
    for (const account of ["a1", "a2"]) expect((await get(`/jmap/html/${account}/e1/2`)).type).toBe("error");
  });

  it("are nothing else of the server", () => {
    const pages = new Pages(open, server);
    for (const path of ["/jmap/html/a1/e1", "/jmap/download/a1/b1/x", "/jmap/image/x"])
      expect(pages.has(path)).toBe(false);
  });
});
