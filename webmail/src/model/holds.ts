/** A message that is being written lies open in one window of a browser at a time. */
import { attempt, object, text } from "../jmap/decode";
import type { Composition } from "./composition";
import type { Windows } from "./windows";

/** What of a message says which it is: its key here, the id that all its drafts bear (RFC 5322, 3.6.4), and the draft that one went on
 * with, which may have borne none. */
type Named = Pick<Composition, "key" | "messageId" | "draftId">;

/** What windows tell each other: that what lies open in one of them is wanted. */
const call = object({ show: text });

/** The message that another window was asked for. */
export function calledFor(message: unknown): string | null {
  return attempt(call, message)?.show ?? null;
}

/** What the name of each begins with, by its key. */
export const HELD = "composition/";

export class Holds {
  readonly #windows: Windows;
  /** What lets go of each; `null` where another window has it. */
  readonly #all = new Map<string, Promise<readonly (() => void)[] | null>>();

  constructor(windows: Windows) {
    this.#windows = windows;
  }

  /** Whether this window has the message to itself from now on. */
  async take(of: Named): Promise<boolean> {
    const taking = this.#all.get(of.key) ?? this.#take(of);
    this.#all.set(of.key, taking);
    const isHeld = (await taking) !== null;
    if (!isHeld && this.#all.get(of.key) === taking) this.#all.delete(of.key);
    return isHeld;
  }

  /** Asks the window that has it to show it. */
  call({ messageId }: Named): void {
    this.#windows.tell({ show: messageId });
  }

  letGo(key: string): void {
    const taken = this.#all.get(key);
    this.#all.delete(key);
    void taken?.then((all) => {
      for (const letGo of all ?? []) letGo();
    });
  }

  end(): void {
    for (const key of [...this.#all.keys()]) this.letGo(key);
  }

  async #take({ key, messageId, draftId }: Named): Promise<readonly (() => void)[] | null> {
    const names = [`${HELD}${key}`, `message/${messageId}`, ...(draftId === null ? [] : [`draft/${draftId}`])];
    const taken = await Promise.all(names.map((name) => this.#windows.take(name)));
    const held = taken.flatMap((letGo) => letGo ?? []);
    if (held.length === names.length) return held;
    for (const letGo of held) letGo();
    return null;
  }
}
