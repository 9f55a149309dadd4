/** What a section shows of the server: asked for when the section opens, and anew until there is an answer. */
import { type Problem, problemOf } from "../../jmap/problem";

export class Asked<T> {
  value = $state.raw<T | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly #ask: () => Promise<T>;
  readonly #come: (value: T) => void;
  /** Of several questions on their way the last one counts. */
  #count = 0;

  constructor(ask: () => Promise<T>, come: (value: T) => void = () => {}) {
    this.#ask = ask;
    this.#come = come;
    void this.load();
  }

  /** Asks; what is shown stands until there is an answer. */
  async load(): Promise<void> {
    this.#count += 1;
    const mine = this.#count;
    try {
      const value = await this.#ask();
      if (mine !== this.#count) return;
      this.value = value;
      this.problem = null;
      this.#come(value);
    } catch (thrown) {
      if (mine === this.#count) this.problem = problemOf(thrown);
    }
  }
}
