/** Files on their way up, for one message: a few at a time, each with its progress. */
import { type Problem, problemOf } from "../jmap/problem";
import { upload } from "../jmap/transfer";
import type { Account } from "../model/account";
import type { Attached } from "../model/composition";

export interface Rising {
  readonly name: string;
  /** `null` while it waits for a connection. */
  readonly percent: number | null;
}

/** After how many milliseconds a file is tried again that met no network. */
const AGAIN = 2000;
/** How often a file is tried again that breaks off though there is a network. */
const MOST_BROKEN = 3;

export class Uploads {
  rising = $state.raw<readonly Rising[]>([]);
  problem = $state.raw<Problem | null>(null);
  readonly #account: Account;
  readonly #done: (file: Attached) => void;
  readonly #stop = new AbortController();
  #waiting: { file: File; cid: string | null }[] = [];

  constructor(account: Account, done: (file: Attached) => void) {
    this.#account = account;
    this.#done = done;
  }

  /** `cid` names a picture by which the text shows it. */
  add(files: Iterable<File>, cid: string | null = null): void {
    this.#waiting.push(...[...files].map((file) => ({ file, cid })));
    this.#next();
  }

  /** The message is closed: what is on its way stops. */
  stop(): void {
    this.#waiting = [];
    this.#stop.abort(new DOMException("closed", "AbortError"));
  }

  #next(): void {
    if (this.rising.length >= this.#account.client.session.limits.maxConcurrentUpload) return;
    const first = this.#waiting.shift();
    if (first === undefined) return;
    void this.#send(first.file, first.cid).then(() => this.#next());
    this.#next();
  }

  async #send(file: File, cid: string | null): Promise<void> {
    const { session, accountId } = this.#account.client;
    let now: Rising = { name: file.name, percent: 0 };
    this.rising = [...this.rising, now];
    const show = (next: Rising | null) => {
      this.rising = this.rising.flatMap((one) => (one === now ? (next ?? []) : one));
      if (next !== null) now = next;
    };
    const progress = (sent: number) => show({ ...now, percent: Math.floor((100 * sent) / Math.max(1, file.size)) });
    let broken = 0;
    for (let tried = false; !tried && !this.#stop.signal.aborted; ) {
      try {
        const { blobId, type, size } = await upload(session, accountId, file, progress, this.#stop.signal);
        this.#done({ blobId, name: file.name, type, size, cid });
        tried = true;
      } catch (thrown) {
        const problem = this.#stop.signal.aborted ? null : problemOf(thrown);
        // where there is a connection it is the file or the server that breaks it off
        if (this.#account.line.value.kind === "open") broken += 1;
        tried = problem?.kind !== "offline" || broken > MOST_BROKEN;
        if (tried) this.problem = problem;
        // a message does not go without what was attached to it
        else await this.#connection(() => show({ ...now, percent: null }));
      }
    }
    show(null);
  }

  /** Until there may be a connection again. */
  async #connection(waits: () => void): Promise<void> {
    const { line, around } = this.#account;
    waits();
    await new Promise<void>((resolve) => around.wake(AGAIN, resolve));
    await new Promise<void>((resolve) => {
      const end = line.subscribe(({ kind }) => {
        if (kind !== "open") return;
        // it may be open already, before there is an end to call
        queueMicrotask(() => end());
        resolve();
      });
    });
  }
}
