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
  #answered: () => void = () => {};

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
    if (there.length === 0) return;
    await new Promise<void>((resolve) => {
      this.#answered = resolve;
      this.#windows.tell(SAVE);
    });
  }

  /** Another window told something. */
  hear(message: unknown): void {
    if (message === SAVE) void this.#save();
    const answer = attempt(told, message);
    if (answer === null) return;
    for (const key of [...answer.saved, ...answer.unsaved]) this.#awaited.delete(key);
    for (const key of answer.saved) {
      this.#unsaved.delete(key);
      this.saved.add(key);
    }
    if (this.#awaited.size === 0) this.#answered();
  }

  async #save(): Promise<void> {
    const open = keys(this.#desk.open.value);
    await this.#desk.saveAll();
    const unsaved = new Set(keys(this.#desk.unsaved));
    this.#windows.tell({
      saved: open.filter((key) => !unsaved.has(key)),
      unsaved: open.filter((key) => unsaved.has(key)),
    });
  }
}
