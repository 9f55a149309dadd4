/** What is done to a thing when it has been left alone for a while. */
import type { Surroundings } from "../jmap/surroundings";

export class Pauses {
  readonly #wake: Surroundings["wake"];
  readonly #all = new Map<string, readonly (() => void)[]>();

  constructor(wake: Surroundings["wake"]) {
    this.#wake = wake;
  }

  /** Begins to wait anew: so many milliseconds for each. */
  after(key: string, ...acts: readonly (readonly [number, () => void])[]): void {
    this.end(key);
    this.#all.set(
      key,
      acts.map(([milliseconds, act]) => this.#wake(milliseconds, act)),
    );
  }

  end(key: string): void {
    for (const unwake of this.#all.get(key) ?? []) unwake();
    this.#all.delete(key);
  }

  endAll(): void {
    for (const key of [...this.#all.keys()]) this.end(key);
  }
}
