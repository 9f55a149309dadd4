/** Drafts of messages that were thrown away. Without a connection the server has them still: what says so is kept in the place of the
 * message until they are gone there, too. */
import type { Client } from "../jmap/client";
import { attempt, flag, id, nullable, object, text } from "../jmap/decode";
import { EMAIL } from "../jmap/mail";
import { set } from "../jmap/methods";
import { passes, problemOf } from "../jmap/problem";
import { type Drafted, draftsOf } from "./drafts";
import type { OpenMessages } from "./open_messages";

const kept = object({ discarded: object({ messageId: text, draftId: nullable(id<"Email">()), unsure: flag }) });

/** Whether what is kept in the place of a message says that the server is still to destroy its drafts. */
export function isDiscarded(value: unknown): boolean {
  return attempt(kept, value) !== null;
}

export class Discarded {
  readonly #client: Client;
  readonly #open: OpenMessages;
  readonly #all = new Map<string, Drafted>();

  constructor(client: Client, open: OpenMessages) {
    this.#client = client;
    this.#open = open;
  }

  /** Takes up what the browser keeps of an earlier page, or of another window. */
  takeUp(there: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of there) {
      const read = attempt(kept, value);
      if (read !== null) this.#all.set(key, read.discarded);
    }
  }

  /** An open message is thrown away. */
  async add(key: string): Promise<void> {
    const composition = this.#open.of(key)?.composition;
    if (composition === undefined) return;
    const { messageId, draftId, unsure } = composition;
    if (draftId === null && !unsure) return this.#open.clear(key);
    const discarded: Drafted = { messageId, draftId, unsure };
    this.#all.set(key, discarded);
    await this.#open.clear(key, { discarded });
  }

  /** Has the server destroy what it has still; what it cannot be asked now waits. */
  async destroy(): Promise<void> {
    for (const [key, discarded] of this.#all) {
      try {
        const drafts = await draftsOf(this.#client, discarded);
        if (drafts.length > 0) await this.#client.call(set(EMAIL, this.#client.accountId, { destroy: drafts }));
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (passes(problem) || problem.kind === "signed-out") return;
      }
      this.#all.delete(key);
      await this.#open.forget(key);
    }
  }
}
