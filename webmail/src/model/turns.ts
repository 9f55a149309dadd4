/** What is done to one thing comes one after another. */
export class Turns {
  readonly #lines = new Map<string, Promise<unknown>>();

  after<T>(key: string, run: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(key) ?? Promise.resolve();
    const now = before.then(run, run);
    const ended = now
      .catch(() => {})
      .then(() => {
        if (this.#lines.get(key) === ended) this.#lines.delete(key);
      });
    this.#lines.set(key, ended);
    return now;
  }
}
