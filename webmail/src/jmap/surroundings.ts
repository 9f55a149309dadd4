/** The world around the page: the browser's, or a test's. */
import type { Connecting } from "./push";
import { byXhr, type Sending } from "./transfer";

export interface Surroundings extends Connecting {
  /** Sends a file. */
  readonly send: Sending;
}

export const surroundings: Surroundings = {
  open: (url) => new EventSource(url, { withCredentials: true }),
  wake: (after, then) => {
    const timer = setTimeout(then, after);
    return () => clearTimeout(timer);
  },
  send: byXhr,
  random: () => Math.random(),
};
