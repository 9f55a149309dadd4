/** Searching as one types: one question at a time, the last one that was typed; as fast as answers come, and no faster. */

/** How many milliseconds somebody must pause before the first question. */
export const PAUSE = 150;

/** Sets a timer; gives what stops it. */
export type Wake = (run: () => void, ms: number) => () => void;

export const wake: Wake = (run, ms) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

export class Typing {
  readonly #ask: (typed: string) => Promise<void>;
  readonly #wake: Wake;
  #next: string | null = null;
  /** What was asked for last. */
  #last: string | null = null;
  #asking = false;
  #unwake = () => {};

  constructor(ask: (typed: string) => Promise<void>, using: Wake = wake) {
    this.#ask = ask;
    this.#wake = using;
  }

  /** Somebody typed. */
  typed(text: string): void {
    this.#next = text;
    this.#unwake();
    if (!this.#asking) this.#unwake = this.#wake(() => void this.#run(), PAUSE);
  }

  /** What was typed is asked for in another way, or no more. */
  stop(): void {
    this.#next = null;
    this.#unwake();
  }

  /** Where somebody is now: at what is looked for there, `null` where that is nothing. Who went there by another way than typing is not
   * taken away again, and gets true. */
  isElsewhere(searched: string | null): boolean {
    if (searched !== null && searched === this.#last) return false;
    this.#last = null;
    this.stop();
    return true;
  }

  async #run(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#next !== null) {
        const text = this.#next;
        this.#next = null;
        this.#last = text;
        await this.#ask(text);
      }
    } finally {
      this.#asking = false;
    }
  }
}
