/** Files on their way in, one after another, each with how far it is and what became of it. */
import { type Imported, type Into, importFile, mediaType } from "../../jmap/exchange";
import { type Problem, problemOf } from "../../jmap/problem";
import type { Sending } from "../../jmap/transfer";
import type { Account } from "../../model/account";
import { importing } from "../../model/importing";

export type Progress =
  | { readonly kind: "waiting" | "working" | "stopped" | "unknown-kind" }
  | { readonly kind: "sending"; readonly percent: number }
  | { readonly kind: "done"; readonly imported: Imported }
  | { readonly kind: "failed"; readonly problem: Problem };

export interface Item {
  readonly key: number;
  readonly name: string;
  readonly progress: Progress;
}

interface Waiting {
  readonly key: number;
  readonly file: File;
  readonly type: string;
  readonly into: Into;
}

const all = new WeakMap<Account, Imports>();

/** Those of an account: they go on wherever one looks, and end with it. */
export function importsOf(account: Account, template: string, most: number | null, sending?: Sending): Imports {
  const known = all.get(account);
  if (known !== undefined) return known;
  const imports = new Imports(account, template, most, sending);
  all.set(account, imports);
  account.ended.subscribe((isSo) => isSo && imports.stop());
  return imports;
}

export class Imports {
  items = $state.raw<readonly Item[]>([]);
  busy = $state(false);
  readonly #account: Account;
  readonly #template: string;
  /** The most bytes of a file; `null` where nobody said so. */
  readonly #most: number | null;
  readonly #sending: Sending | undefined;
  #queue: Waiting[] = [];
  #stop = new AbortController();
  #next = 0;

  constructor(account: Account, template: string, most: number | null, sending?: Sending) {
    this.#account = account;
    this.#template = template;
    this.#most = most;
    this.#sending = sending;
  }

  /** vCards become contacts; mail goes into the mailbox. */
  add(files: Iterable<File>, into: Into): void {
    for (const file of files) {
      this.#next += 1;
      const key = this.#next;
      const type = mediaType(file.name);
      this.items = [
        ...this.items,
        { key, name: file.name, progress: { kind: type === null ? "unknown-kind" : "waiting" } },
      ];
      if (type !== null)
        this.#queue.push({ key, file, type, into: type === "text/vcard" ? { kind: "contacts" } : into });
    }
    if (!this.busy) void this.#run();
  }

  stop(): void {
    for (const { key } of this.#queue) this.#show(key, { kind: "stopped" });
    this.#queue = [];
    this.#stop.abort(new DOMException("stopped", "AbortError"));
  }

  async #run(): Promise<void> {
    this.busy = true;
    this.#stop = new AbortController();
    try {
      await importing(this.#account, async () => {
        for (let one = this.#queue.shift(); one !== undefined; one = this.#queue.shift()) await this.#send(one);
      });
    } finally {
      this.busy = false;
    }
  }

  async #send({ key, file, type, into }: Waiting): Promise<void> {
    const { accountId } = this.#account.client;
    const { signal } = this.#stop;
    const progress = (sent: number) => {
      const percent = Math.min(100, Math.floor((100 * sent) / Math.max(1, file.size)));
      this.#show(key, percent < 100 ? { kind: "sending", percent } : { kind: "working" });
    };
    if (this.#most !== null && file.size > this.#most) {
      this.#show(key, { kind: "failed", problem: { kind: "too-large", limit: this.#most } });
      return;
    }
    this.#show(key, { kind: "sending", percent: 0 });
    try {
      const imported = await importFile(this.#template, accountId, into, file, type, progress, signal, this.#sending);
      this.#show(key, { kind: "done", imported });
    } catch (thrown) {
      this.#show(key, signal.aborted ? { kind: "stopped" } : { kind: "failed", problem: problemOf(thrown) });
    }
  }

  #show(key: number, progress: Progress): void {
    this.items = this.items.map((item) => (item.key === key ? { ...item, progress } : item));
  }
}
