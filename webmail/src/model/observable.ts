/** Values that can be watched: the contract that components subscribe by, without a framework. */

export interface Readable<T> {
  readonly value: T;
  /** Calls at once and after each change; what it gives ends that. */
  subscribe(run: (value: T) => void): () => void;
}

export class Value<T> implements Readable<T> {
  #value: T;
  readonly #watchers = new Set<(value: T) => void>();

  constructor(first: T) {
    this.#value = first;
  }

  get value(): T {
    return this.#value;
  }

  set(next: T): void {
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const watcher of [...this.#watchers]) watcher(next);
  }

  update(change: (value: T) => T): void {
    this.set(change(this.#value));
  }

  subscribe(run: (value: T) => void): () => void {
    this.#watchers.add(run);
    run(this.#value);
    return () => {
      this.#watchers.delete(run);
    };
  }
}

/** Says that something changed, where what changed is too large to be a value. */
export class Signal extends Value<number> {
  constructor() {
    super(0);
  }

  fire(): void {
    this.update((times) => times + 1);
  }
}
