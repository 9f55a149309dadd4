/** The files of one release, kept in the browser: the page and all that it names, so that it opens without a network, and nothing
 * of one release stands beside the page of another. */

/** The page, and the document of the frame in which formatted messages are written. */
const PAGE = "/";
const WRITING = "/writing.html";
const PREFIX = "release/";
const NAMED_BY_CONTENT = "/assets/";

/** The part of the browser's `CacheStorage` that is used. */
export interface Shelves {
  open(name: string): Promise<Pick<Cache, "addAll" | "match" | "put">>;
  keys(): Promise<readonly string[]>;
  delete(name: string): Promise<boolean>;
  match(path: string, options: { ignoreVary: boolean }): Promise<Response | undefined>;
}

export interface Release {
  readonly name: string;
  /** Paths that bear a hash of their content. */
  readonly files: readonly string[];
}

export class Files {
  readonly #shelves: Shelves;
  readonly #fetching: (request: Request | string, how?: RequestInit) => Promise<Response>;
  readonly #release: Release;

  constructor(
    shelves: Shelves,
    release: Release,
    fetching: (request: Request | string, how?: RequestInit) => Promise<Response> = (request, how) =>
      fetch(request, how),
  ) {
    this.#shelves = shelves;
    this.#release = release;
    this.#fetching = fetching;
  }

  /** Fetches all of the release, or fails: where the server has another one by now, that one's worker comes. */
  async install(): Promise<void> {
    const documents = await Promise.all([PAGE, WRITING].map((path) => this.#fetching(path, { cache: "no-cache" })));
    const [page] = documents;
    if (page === undefined || documents.some(({ ok }) => !ok)) throw new Error("the page is not to be had");
    const named = (await page.clone().text()).match(/\/assets\/[\w.-]+/g) ?? [];
    const strange = named.find((path) => !this.#release.files.includes(path));
    if (strange !== undefined) throw new Error(`the page is of another release: ${strange}`);
    const shelf = await this.#shelves.open(this.#name);
    await shelf.addAll([...this.#release.files]);
    await Promise.all([PAGE, WRITING].map((path, index) => shelf.put(path, documents[index] ?? page)));
  }

  /** Whether this answers for an address of this server. */
  has(path: string): boolean {
    return path === PAGE || path === WRITING || path.startsWith(NAMED_BY_CONTENT);
  }

  /** From here, else from the server. Windows of an earlier release find their files too, while there are any. */
  async answer(path: string, request: Request): Promise<Response> {
    const own = await this.#shelves.open(this.#name);
    const found = (await own.match(path, { ignoreVary: true })) ?? (await this.#ofOthers(path));
    return found ?? this.#fetching(request);
  }

  /** No window of an earlier release is open any more: its files go. */
  async tidy(): Promise<void> {
    const names = await this.#shelves.keys();
    const others = names.filter((name) => name.startsWith(PREFIX) && name !== this.#name);
    await Promise.all(others.map((name) => this.#shelves.delete(name)));
  }

  get #name(): string {
    return `${PREFIX}${this.#release.name}`;
  }

  async #ofOthers(path: string): Promise<Response | undefined> {
    return path.startsWith(NAMED_BY_CONTENT) ? this.#shelves.match(path, { ignoreVary: true }) : undefined;
  }
}
