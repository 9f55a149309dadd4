/** An account on the scripted server, with a clock that is moved by hand. */
import { type Decoded, id } from "../src/jmap/decode";
import type { EmailId, MailboxId } from "../src/jmap/ids";
import type { Source } from "../src/jmap/push";
import { Account } from "../src/model/account";
import type { Correspondents } from "../src/model/correspondents";
import type { Desk } from "../src/model/desk";
import { inMemory, type Kept } from "../src/model/kept";
import { alone } from "../src/model/windows";
import { Server } from "./server/server";

export const emailId = (of: string): EmailId => id<"Email">()(of, "");
export const mailboxId = (of: string): MailboxId => id<"Mailbox">()(of, "");
export type { Decoded };

/** Time and the push connection, both moved by the test. */
export class Scene {
  #timers: { at: number; then: () => void }[] = [];
  #now = 0;
  #listeners = new Map<string, (event: { data?: unknown }) => void>();

  /** What was sent of files, by how large they are. */
  readonly files: number[] = [];
  /** What becomes of a file that is sent. */
  taking: () => Promise<{ status: number }> = async () => ({ status: 201 });

  readonly around = {
    send: async (_: string, file: Blob) => {
      const { status } = await this.taking();
      this.files.push(file.size);
      const body = JSON.stringify({ blobId: `blob-${file.size}`, type: file.type, size: file.size });
      return { status, retryAfter: null, body };
    },
    open: (): Source => ({
      addEventListener: (type, listener) => void this.#listeners.set(type, listener),
      close: () => this.#listeners.clear(),
    }),
    wake: (after: number, then: () => void) => {
      const timer = { at: this.#now + after, then };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    },
    random: () => 0,
  };

  pass(time: number): void {
    this.#now += time;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { then } of due) then();
  }

  push(type: string, data?: unknown): void {
    this.#listeners.get(type)?.({ data });
  }

  /** The server says that mail changed. */
  changed(): void {
    this.push("state", '{"@type":"StateChange","changed":{"a1":{"Email":"?","Mailbox":"?"}}}');
  }
}

export interface Bench {
  server: Server;
  scene: Scene;
  kept: Kept;
  account: Account;
  desk: Desk;
  correspondents: Correspondents;
}

export async function bench(
  prepare: (server: Server) => void = () => {},
  { conversations = false, kept = inMemory(), server = new Server(), windows = alone() } = {},
): Promise<Bench> {
  prepare(server);
  const scene = new Scene();
  const options = { conversations, around: scene.around, windows };
  const account = await Account.open(server, async () => kept, options);
  const { desk, correspondents } = await account.writing.want();
  await settled(server);
  return { server, scene, kept, account, desk, correspondents };
}

/** Waits until the server has had no question for a few turns. */
export async function settled(server: Server): Promise<void> {
  for (let quiet = 0, seen = -1; quiet < 20; quiet += 1) {
    if (server.requests !== seen) quiet = 0;
    seen = server.requests;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
