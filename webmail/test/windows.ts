/** Several windows of one browser in one test: each has its own `Windows`, and all share the locks and the channel. */
import type { Windows } from "../src/model/windows";

export class Browser {
  readonly #turns = new Map<string, Promise<void>>();
  readonly #taken = new Set<string>();
  readonly #hearing = new Map<Windows, (message: unknown) => void>();

  window(): Windows {
    const mine: Windows = {
      alone: (what, run) => {
        const turn = (this.#turns.get(what) ?? Promise.resolve()).then(run);
        this.#turns.set(
          what,
          turn.catch(() => {}),
        );
        return turn;
      },
      take: async (what) => {
        if (this.#taken.has(what)) return null;
        this.#taken.add(what);
        return () => void this.#taken.delete(what);
      },
      taken: async (beginning) =>
        [...this.#taken].filter((one) => one.startsWith(beginning)).map((one) => one.slice(beginning.length)),
      tell: (message) => {
        const told = structuredClone(message);
        for (const [window, hear] of this.#hearing) if (window !== mine) queueMicrotask(() => hear(told));
      },
      hear: (then) => void this.#hearing.set(mine, then),
      close: () => void this.#hearing.delete(mine),
    };
    return mine;
  }
}
