import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";
import { beforeEach, describe, expect, it } from "vitest";
import { LONGEST_FILE, LONGEST_PAGE, MOST_OCTETS } from "../model/replica_bounds";
import { database, SESSION } from "../model/replica_database";
import { Shown } from "./shown";

const POLICY = "default-src 'none'; sandbox allow-same-origin";

/** What a page of the webmail asks for: frames go somewhere, all else is fetched. */
function asking(path: string, method = "GET", mode = path.startsWith("/jmap/download") ? "no-cors" : "navigate") {
  // no script makes a request of this mode
  return Object.defineProperty(new Request(`https://here.example${path}`, { method }), "mode", { value: mode });
}

describe("what was shown", () => {
  let databases: IDBFactory;
  let online: boolean;
  let content: string | Uint8Array<ArrayBuffer>;
  let more: Record<string, string>;
  let status: number;
  let asked: string[];
  const open = (account: string) => database(account, databases);
  const server = async (request: Request) => {
    if (!online) throw new TypeError("no network");
    asked.push(request.url);
    const headers = { "Content-Security-Policy": POLICY, "Content-Type": "text/html", ...more };
    return new Response(request.method === "HEAD" ? null : content, { status, headers });
  };

  async function get(path: string, method?: string): Promise<Response> {
    const behind: Promise<void>[] = [];
    const answer = await new Shown(open, server).answer(asking(path, method), (work) => behind.push(work));
    await Promise.all(behind);
    return answer;
  }
  async function offline(path: string, method?: string): Promise<Response> {
    online = false;
    return get(path, method).finally(() => {
      online = true;
    });
  }

  beforeEach(async () => {
    databases = new IDBFactory();
    const logged = await open("a1");
    await logged.write([{ kind: "state", key: SESSION, value: {} }]);
    [online, content, more, status, asked] = [true, "<p>Dag", {}, 200, []];
  });

  describe("documents of messages", () => {
    it("come from the server, and without a network as they were shown, under the same policy", async () => {
      expect(await (await get("/jmap/html/a1/e1/2")).text()).toBe("<p>Dag");
      content = "<p>Dag weer";
      expect(await (await get("/jmap/html/a1/e1/2")).text()).toBe("<p>Dag weer");
      const kept = await offline("/jmap/html/a1/e1/2");
      expect([await kept.text(), kept.headers.get("Content-Security-Policy")]).toEqual(["<p>Dag weer", POLICY]);
      expect(asked.length).toBe(2);
    });

    it("that were not shown are not there", async () => {
      expect((await offline("/jmap/html/a1/e1/2")).type).toBe("error");
    });

    it("are kept without the images of the web, and shown so", async () => {
      await get("/jmap/html/a1/e1/2?remote=1");
      expect((await offline("/jmap/html/a1/e1/2?remote=1")).type).toBe("error");
      await get("/jmap/html/a1/e1/2");
      expect(await (await offline("/jmap/html/a1/e1/2?remote=1")).text()).toBe("<p>Dag");
    });

    it("are not kept where nobody is logged in, nor where they are long", async () => {
      await get("/jmap/html/a2/e1/2");
      content = "x".repeat(LONGEST_PAGE + 1);
      await get("/jmap/html/a1/e1/2");
      for (const account of ["a1", "a2"]) expect((await offline(`/jmap/html/${account}/e1/2`)).type).toBe("error");
    });
  });

  describe("pictures and files", () => {
    const PICTURE = "/jmap/download/a1/b1-2/image?accept=image%2Fpng";
    const PDF = "/jmap/pdf/a1/b1-3/x.pdf";

    it("are there without a network as they were, octet by octet, under the same policy", async () => {
      content = new Uint8Array([0, 255, 128, 10]);
      more = { "Content-Type": "image/png" };
      await get(PICTURE);
      const kept = await offline(PICTURE);
      expect([...new Uint8Array(await kept.arrayBuffer())]).toEqual([0, 255, 128, 10]);
      expect([kept.headers.get("Content-Type"), kept.headers.get("Content-Security-Policy")]).toEqual([
        "image/png",
        POLICY,
      ]);
      expect((await offline("/jmap/download/a1/b1-2/image?accept=text%2Fplain")).type).toBe("error");
    });

    it("are a PDF that is asked about before it is shown", async () => {
      expect((await offline(PDF, "HEAD")).type).toBe("error");
      await get(PDF, "HEAD");
      expect((await offline(PDF, "HEAD")).type).toBe("error");
      await get(PDF);
      expect([(await offline(PDF, "HEAD")).ok, (await offline(PDF)).ok]).toEqual([true, true]);
    });

    it("are nothing that the server did not give, or gave in part", async () => {
      for (status of [404, 206]) {
        await get(PICTURE);
        expect((await offline(PICTURE)).type).toBe("error");
      }
    });

    it("are not kept where they are long, whether it is told before or not", async () => {
      more = { "Content-Length": String(LONGEST_FILE + 1) };
      await get(PICTURE);
      expect((await offline(PICTURE)).type).toBe("error");
      [more, content] = [{}, new Uint8Array(LONGEST_FILE + 1)];
      expect((await (await get(PICTURE)).arrayBuffer()).byteLength).toBe(LONGEST_FILE + 1);
      expect((await offline(PICTURE)).type).toBe("error");
    });

    it("are written once, and are as old as they were looked at last", async () => {
      await get(PICTURE);
      const look = await open("a1");
      await look.write([
        { kind: "sizes", key: "files/b1-2/download/image?accept=image%2Fpng", value: { at: 1, size: 6 } },
      ]);
      content = "what the server never says of this id";
      await get(PICTURE);
      const [[, weight] = []] = await look.all("sizes");
      expect(weight).toMatchObject({ size: 6 });
      expect((weight as { at: number }).at).toBeGreaterThan(1);
      expect(await (await offline(PICTURE)).text()).toBe("<p>Dag");
    });

    it("are not too much together: the oldest go first", async () => {
      const fill = MOST_OCTETS / LONGEST_FILE;
      const look = await open("a1");
      for (let made = 0; made < fill; made += 1) {
        const key = `b${made}/pdf/x`;
        await look.write([
          { kind: "files", key, value: {} },
          { kind: "sizes", key: `files/${key}`, value: { at: Date.now() - 1000 * made - 1000, size: LONGEST_FILE } },
        ]);
      }
      await get(PICTURE);
      const keys = [...(await look.all("files")).keys()];
      expect(keys).toHaveLength(fill);
      expect(keys).not.toContain(`b${fill - 1}/pdf/x`);
      expect((await offline(PICTURE)).ok).toBe(true);
    });

    it("are not kept where nobody is logged in", async () => {
      const path = PICTURE.replace("/a1/", "/a2/");
      await get(path);
      expect((await offline(path)).type).toBe("error");
    });
  });

  it("is nothing else of the server", () => {
    const shown = new Shown(open, server);
    for (const [path, method, mode] of [
      ["/jmap/html/a1/e1", "GET", "navigate"],
      ["/jmap/html/a1/e1/2", "GET", "cors"],
      ["/jmap/image/x", "GET", "no-cors"],
      ["/jmap/image/a1/b1/x", "GET", "no-cors"],
      ["/jmap/parts/a1/e1/2,3/x.zip", "GET", "navigate"],
      ["/jmap/download/a1/b1/x.eml?accept=message%2Frfc822", "GET", "cors"],
      ["/jmap/download/a1/b1/x?accept=text%2Fplain", "GET", "navigate"],
      ["/jmap/pdf/a1/b1/x", "GET", "cors"],
      ["/jmap/download/a1/b1/x?accept=text%2Fplain", "POST", "cors"],
      ["/jmap/api", "POST", "cors"],
    ] as const)
      expect(shown.has(asking(path, method, mode))).toBe(false);
  });
});
