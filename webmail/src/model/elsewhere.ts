/** What is written in the other windows of this browser. Who logs out in one of them ends them all: each saves first what it has, and
 * says what it could not. */
import { attempt, list, object, text } from "../jmap/decode";
import type { Desk } from "./desk";
import { HELD } from "./holds";
import type { Open } from "./open_messages";
import type { Windows } from "./windows";

/** What windows tell each other: that all is to be saved; of the messages that lay open in one, which the server does not have. */
const SAVE = "save";
const told = object({ saved: list(text), unsaved: list(text) });

function keys(of: readonly Open[]): readonly string[] {
  return of.map(({ composition }) => composition.key);
}

export class Elsewhere {
  readonly #windows: Windows;
  readonly #desk: Desk;
  #awaited = new Set<string>();
  #unsaved = new Set<string>();
  /** Those that the server has. */
  readonly saved = new Set<string>();
  /** Who waits for the answers. A later question takes the place of an earlier one: its answers are for both. */
  #waiting: (() => void)[] = [];
  #answering: Promise<void> | null = null;

  constructor(windows: Windows, desk: Desk) {
    this.#windows = windows;
    this.#desk = desk;
  }

  /** Those that the server is not known to have, by key: what no window has answered for is among them. */
  get unsaved(): ReadonlySet<string> {
    return this.#unsaved;
  }

  /** Has all other windows save. Resolves when each message that lies open there was answered for. */
  async save(): Promise<void> {
    const there = (await this.#windows.taken(HELD)).filter((key) => this.#desk.of(key) === undefined);
    this.#awaited = new Set(there);
    this.#unsaved = new Set(there);
    this.saved.clear();
    const answered = new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (there.length === 0) this.#answered();
    else this.#windows.tell(SAVE);
    await answered;
  }

  #answered(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Another window told something. */
  hear(message: unknown): void {
    if (message === SAVE)
      // whoever asks again meanwhile has the same answer: a second save would say that nothing is saved yet
      this.#answering ??= this.#answer().finally(() => {
        this.#answering = null;
      });
    const answer = attempt(told, message);
    if (answer === null) return;
    for (const key of [...answer.saved, ...answer.unsaved]) this.#awaited.delete(key);
    for (const key of answer.saved) {
      this.#unsaved.delete(key);
      this.saved.add(key);
    }
    if (this.#awaited.size === 0) this.#answered();
  }

  async #answer(): Promise<void> {
    const open = keys(this.#desk.open.value);
    const saving = this.#desk.saveAll().then(() => keys(this.#desk.unsaved));
    // an answer comes in any case: whoever leaves waits for it
    const unsaved = new Set(await saving.catch(() => open));
    this.#windows.tell({
      saved: open.filter((key) => !unsaved.has(key)),
      unsaved: open.filter((key) => unsaved.has(key)),
    });
  }
}
