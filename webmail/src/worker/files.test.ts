import { beforeEach, describe, expect, it } from "vitest";
import { Files, type Release } from "./files";

/** A `CacheStorage` in memory that fetches from a server in memory. */
class Shelves {
  readonly all = new Map<string, Map<string, Response>>();
  constructor(readonly server: Server) {}

  async open(name: string) {
    const shelf = this.all.get(name) ?? new Map<string, Response>();
    this.all.set(name, shelf);
    return {
      addAll: async (paths: Iterable<RequestInfo>) => {
        for (const path of paths) {
          const answer = await this.server.fetch(String(path));
          if (!answer.ok) throw new TypeError(`${path}: ${answer.status}`);
          shelf.set(String(path), answer);
        }
      },
      match: async (path: RequestInfo | URL) => shelf.get(String(path))?.clone(),
      put: async (path: RequestInfo | URL, answer: Response) => void shelf.set(String(path), answer),
    };
  }
  async keys() {
    return [...this.all.keys()];
  }
  async delete(name: string) {
    return this.all.delete(name);
  }
  async match(path: string) {
    for (const shelf of this.all.values()) {
      const found = shelf.get(path);
      if (found !== undefined) return found.clone();
    }
    return undefined;
  }
}

class Server {
  pages: Record<string, string> = {};
  asked: string[] = [];
  fetch = async (request: Request | string): Promise<Response> => {
    const path = typeof request === "string" ? request : new URL(request.url).pathname;
    this.asked.push(path);
    const found = this.pages[path];
    return found === undefined ? new Response(null, { status: 404 }) : new Response(found);
  };
}

function releaseOf(name: string): { release: Release; pages: Record<string, string> } {
  const files = [`/assets/index-${name}.js`, `/assets/late-${name}.js`];
  const page = `<script src="${files[0]}"></script>`;
  const pages = { "/": page, "/writing.html": "<main></main>", [`${files[0]}`]: "script", [`${files[1]}`]: "late" };
  return { release: { name, files }, pages };
}

describe("the files of a release", () => {
  let server: Server;
  let shelves: Shelves;
  const one = releaseOf("one");
  const two = releaseOf("two");
  const of = ({ release }: typeof one) => new Files(shelves, release, server.fetch);
  const get = async (files: Files, path: string) =>
    (await files.answer(path, new Request(`https://here.example${path}`))).text();

  beforeEach(async () => {
    server = new Server();
    server.pages = one.pages;
    shelves = new Shelves(server);
    await of(one).install();
    server.asked = [];
  });

  it("answer without asking anybody", async () => {
    for (const [path, text] of Object.entries(one.pages)) expect(await get(of(one), path)).toBe(text);
    expect(server.asked).toEqual([]);
  });

  it("are not those of the page of another release", async () => {
    server.pages = { ...one.pages, "/": two.pages["/"] ?? "" };
    await expect(of(two).install()).rejects.toThrow("404");
    server.pages = { ...two.pages, "/": one.pages["/"] ?? "" };
    await expect(of(two).install()).rejects.toThrow("another release");
    expect(await get(of(one), "/")).toBe(one.pages["/"]);
  });

  it("are not kept where the server fails", async () => {
    server.pages = {};
    await expect(of(two).install()).rejects.toThrow("not to be had");
  });

  it("stay for windows of the release before until none is left", async () => {
    server.pages = two.pages;
    await of(two).install();
    expect(await get(of(two), "/")).toBe(two.pages["/"]);
    expect(await get(of(two), "/assets/late-one.js")).toBe("late");
    await of(two).tidy();
    expect([...shelves.all.keys()]).toEqual(["release/two"]);
    expect(
      (await of(two).answer("/assets/late-one.js", new Request("https://here.example/assets/late-one.js"))).status,
    ).toBe(404);
  });

  it("are nothing else of the server", () => {
    for (const path of ["/jmap/api", "/.well-known/jmap", "/settings/nl", "/worker.js"]) {
      expect(of(one).has(path)).toBe(false);
    }
  });
});
