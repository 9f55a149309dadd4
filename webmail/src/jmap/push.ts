/** The server says when something changed (RFC 8620, 7.1 and 7.3): nobody asks again and again. */
import { attempt, type Decoded, json, map, object, state, text } from "./decode";

const stateChange = object({ changed: map(map(state)), "@type": text });
/** By account, by type of record: its new state. */
export type Changed = Decoded<typeof stateChange>["changed"];

/** The part of the browser's `EventSource` that is used. */
export interface Source {
  addEventListener(type: string, listener: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

/** What the connection needs of the world: itself, a clock that wakes, chance. */
export interface Connecting {
  open(url: string): Source;
  /** Calls once after so many milliseconds; what it gives takes that back. */
  wake(after: number, then: () => void): () => void;
  /** From 0 to 1, 1 never. */
  random(): number;
}

/** How often the server shows that it lives, in seconds; silence of two and a half times that means a dead connection. */
export const PING = 30;
const SILENCE = PING * 2500;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;

export interface Listener {
  changed(changes: Changed): void;
  /** The connection stands again: what was missed meanwhile must be asked for. */
  connected(): void;
  lost(): void;
}

/** A connection that is made again when it breaks: after a second, then after twice as long each time, each with a part of chance,
 * so that the clients of a server that comes back do not all come at once. */
export class Push {
  readonly #url: string;
  readonly #listener: Listener;
  readonly #around: Connecting;
  #source: Source | null = null;
  #unwake: () => void = () => {};
  #failures = 0;
  #stopped = false;

  constructor(url: string, listener: Listener, around: Connecting) {
    this.#url = url;
    this.#listener = listener;
    this.#around = around;
  }

  start(): void {
    if (this.#stopped || this.#source !== null) return;
    this.#unwake();
    const source = this.#around.open(this.#url);
    this.#source = source;
    source.addEventListener("open", () => this.#opened(source));
    source.addEventListener("ping", () => this.#alive(source));
    source.addEventListener("state", ({ data }) => this.#told(source, data));
    source.addEventListener("error", () => this.#broken(source));
    this.#watch(source);
  }

  /** The network is back, or the page is looked at again: does not wait any longer. */
  hurry(): void {
    this.#failures = 0;
    this.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#unwake();
    this.#source?.close();
    this.#source = null;
  }

  #opened(source: Source): void {
    if (source !== this.#source) return;
    this.#failures = 0;
    this.#watch(source);
    this.#listener.connected();
  }

  #alive(source: Source): void {
    if (source === this.#source) this.#watch(source);
  }

  #told(source: Source, data: unknown): void {
    if (source !== this.#source) return;
    this.#watch(source);
    const told = typeof data === "string" ? attempt(stateChange, json(data)) : null;
    if (told !== null) this.#listener.changed(told.changed);
  }

  #watch(source: Source): void {
    this.#unwake();
    this.#unwake = this.#around.wake(SILENCE, () => this.#broken(source));
  }

  #broken(source: Source): void {
    if (source !== this.#source) return;
    source.close();
    this.#source = null;
    this.#listener.lost();
    const longest = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#unwake();
    this.#unwake = this.#around.wake(longest / 2 + (longest / 2) * this.#around.random(), () => this.start());
  }
}
