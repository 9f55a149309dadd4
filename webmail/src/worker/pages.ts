/** Documents of messages that were shown (docs/jmap.md, "HTML of a message"): kept with the policy under which the server gave them,
 * and shown again where there is no network. Images of the web are not in what is kept. */
import { attempt, list, object, text } from "../jmap/decode";
import { LONGEST_PAGE } from "../model/replica_bounds";
import type { Database } from "../model/replica_database";

const PLACE = /^\/jmap\/html\/([^/]+)\/([^/]+\/[^/]+)$/;
const kept = object({ text, headers: list(list(text)) });

export class Pages {
  readonly #open: (account: string) => Promise<Database>;
  readonly #fetching: (request: Request) => Promise<Response>;

  constructor(
    open: (account: string) => Promise<Database>,
    fetching: (request: Request) => Promise<Response> = (request) => fetch(request),
  ) {
    this.#open = open;
    this.#fetching = fetching;
  }

  has(path: string): boolean {
    return PLACE.test(path);
  }

  /** From the server; where there is none, as it was shown before. `keeping` is work that goes on behind the answer. */
  async answer(request: Request, keeping: (work: Promise<void>) => void): Promise<Response> {
    const url = new URL(request.url);
    const [, account = "", key = ""] = PLACE.exec(url.pathname) ?? [];
    try {
      const answer = await this.#fetching(request);
      if (answer.ok && url.search === "") keeping(this.#keep(account, key, answer.clone()));
      return answer;
    } catch {
      return (await this.#kept(account, key)) ?? Response.error();
    }
  }

  async #keep(account: string, key: string, answer: Response): Promise<void> {
    const page = await answer.text();
    if (page.length > LONGEST_PAGE) return;
    const value = { text: page, headers: [...answer.headers] };
    await this.#with(account, (database) =>
      database.writeWhileIn([
        { kind: "pages", key, value },
        { kind: "sizes", key: `pages/${key}`, value: { at: Date.now(), size: page.length } },
      ]),
    );
  }

  async #kept(account: string, key: string): Promise<Response | null> {
    const found = attempt(kept, await this.#with(account, (database) => database.get("pages", key)));
    if (found === null) return null;
    const headers = new Headers();
    for (const [name, value] of found.headers) if (name !== undefined && value !== undefined) headers.set(name, value);
    return new Response(found.text, { headers });
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
