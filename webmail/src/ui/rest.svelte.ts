/** Whether somebody scrolls: for what is better done when nobody does. */
import { onDestroy } from "svelte";

/** Who has not scrolled for so many milliseconds rests. */
export const PAUSE = 80;

/** For the component that makes it. */
export class Rest {
  isNow = $state(true);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    onDestroy(() => clearTimeout(this.#timer));
  }

  /** Somebody scrolls. */
  disturb(): void {
    this.isNow = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isNow = true;
    }, PAUSE);
  }
}
