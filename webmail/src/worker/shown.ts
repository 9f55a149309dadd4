/** What was shown of messages: their documents (docs/jmap.md, "HTML of a message"), the pictures in them, and files that were looked at.
 * Each is kept as the server gave it, with the policy that it had, and shown again where there is no network. Images of the web are
 * not kept, nor is a document with them: who asked to see them once has not asked to have what strangers chose lie in his browser, and
 * their addresses end when the server is started again. */
import { attempt, blob, list, object, text } from "../jmap/decode";
import { beginning } from "../jmap/piece";
import { LONGEST_FILE, LONGEST_PAGE, tidy, weighed, weight } from "../model/replica_bounds";
import type { Database } from "../model/replica_database";

const DOCUMENT = /^\/jmap\/html\/([^/]+)\/([^/]+\/[^/]+)$/;
const FILE = /^\/jmap\/(download|pdf)\/([^/]+)\/([^/]+)\/([^/]+)$/;
const LONGEST = { pages: LONGEST_PAGE, files: LONGEST_FILE } as const;
const kept = object({ body: blob, headers: list(list(text)) });

/** Where an answer is kept. */
interface Place {
  readonly kind: "pages" | "files";
  readonly account: string;
  readonly key: string;
  /** Whether an answer is to be kept, and not only looked for. */
  readonly isKept: boolean;
}

export type Asking = Pick<Request, "method" | "mode" | "url">;

export class Shown {
  readonly #open: (account: string) => Promise<Database>;
  readonly #fetching: (request: Request) => Promise<Response>;

  constructor(
    open: (account: string) => Promise<Database>,
    fetching: (request: Request) => Promise<Response> = (request) => fetch(request),
  ) {
    this.#open = open;
    this.#fetching = fetching;
  }

  has(request: Asking): boolean {
    return place(request) !== null;
  }

  /** From the server; where there is none, as it was shown before. `keeping` is work that goes on behind the answer. */
  async answer(request: Request, keeping: (work: Promise<void>) => void): Promise<Response> {
    const at = place(request);
    try {
      const answer = await this.#fetching(request);
      const size = Number(answer.headers.get("Content-Length") ?? 0);
      if (at?.isKept && answer.status === 200 && size <= LONGEST[at.kind]) keeping(this.#keep(at, answer.clone()));
      return answer;
    } catch {
      return (at === null ? null : await this.#kept(at)) ?? Response.error();
    }
  }

  async #keep({ kind, account, key }: Place, answer: Response): Promise<void> {
    await this.#with(account, async (database) => {
      const before = kind === "files" ? attempt(weight, await database.get("sizes", `files/${key}`)) : null;
      if (before !== null) {
        // what an id stands for never changes (RFC 8620, 6.2)
        const again = { kind: "sizes", key: `files/${key}`, value: { ...before, at: Date.now() } } as const;
        answer.body?.cancel().catch(() => {});
        await database.writeWhileIn([again]);
        return;
      }
      const { bytes, isCut } = await beginning(answer, LONGEST[kind]);
      if (isCut) return;
      const value = { body: new Blob([bytes]), headers: [...answer.headers] };
      await database.writeWhileIn(weighed(kind, key, value, { at: Date.now(), size: bytes.length }));
      // many long ones may come before a page looks after them
      if (kind === "files") await tidy(database, Date.now());
    });
  }

  async #kept({ kind, account, key }: Place): Promise<Response | null> {
    const found = attempt(kept, await this.#with(account, (database) => database.get(kind, key)));
    if (found === null) return null;
    const headers = new Headers();
    for (const [name, value] of found.headers) if (name !== undefined && value !== undefined) headers.set(name, value);
    return new Response(found.body, { headers });
  }

  async #with<T>(account: string, run: (database: Database) => Promise<T>): Promise<T | null> {
    try {
      const database = await this.#open(account);
      return await run(database).finally(() => database.close());
    } catch {
      // a browser that keeps nothing: as if nothing had been kept
      return null;
    }
  }
}

/** Documents are what frames go to, and so are PDFs, which are asked about before; pictures and texts are fetched. What is saved is no
 * request of a page. */
function place({ method, mode, url }: Asking): Place | null {
  if (method !== "GET" && method !== "HEAD") return null;
  const { pathname, search, searchParams } = new URL(url);
  const isFrame = mode === "navigate";
  const isWhole = method === "GET";
  const [, account, key] = DOCUMENT.exec(pathname) ?? [];
  if (account !== undefined && key !== undefined) {
    return isFrame ? { kind: "pages", account, key, isKept: isWhole && search === "" } : null;
  }
  const [, how, of, blobId, name] = FILE.exec(pathname) ?? [];
  if (how === undefined || of === undefined) return null;
  // the source of a message is as long as all that came with it
  const isShown = how === "pdf" ? isFrame || !isWhole : !isFrame && searchParams.get("accept") !== SOURCE;
  if (!isShown) return null;
  return { kind: "files", account: of, key: `${blobId}/${how}/${name}${search}`, isKept: isWhole };
}

const SOURCE = "message/rfc822";
