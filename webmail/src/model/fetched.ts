/** Scripts that are fetched when they are first needed. */
import { Failure } from "../jmap/problem";
import { Value } from "./observable";

/** A script that cannot be fetched is a network that is not there. */
export const fetched = <T>(script: Promise<T>): Promise<T> =>
  script.catch(() => Promise.reject(new Failure({ kind: "offline" })));

/** A part of the page that is made when its script has come. */
export class Part<T> {
  /** `null` until it is made. */
  readonly here = new Value<T | null>(null);
  /** Whether somebody has asked for it; where its script could not be fetched, it may be asked for again. */
  isWanted = false;
  readonly #make: () => Promise<T>;
  #coming: Promise<T> | null = null;

  constructor(make: () => Promise<T>) {
    this.#make = make;
  }

  /** Fails with `offline` where its script cannot be had. */
  want(): Promise<T> {
    this.isWanted = true;
    this.#coming ??= this.#come();
    return this.#coming;
  }

  async #come(): Promise<T> {
    try {
      const made = await fetched(this.#make());
      this.here.set(made);
      return made;
    } catch (thrown) {
      this.#coming = null;
      throw thrown;
    }
  }
}
