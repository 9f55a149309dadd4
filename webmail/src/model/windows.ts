/** The windows of a browser that show the same account: what one of them does at a time, and what they tell each other. */

export interface Windows {
  /** Runs when no other window does the same; waits for its turn. */
  alone(what: string, run: () => Promise<void>): Promise<void>;
  /** Takes what one window has at a time, and gives what lets it go; `null` where another one has it. */
  take(what: string): Promise<(() => void) | null>;
  /** The rest of the names of what any window has taken that begin so. */
  taken(beginning: string): Promise<readonly string[]>;
  /** Tells the other windows. */
  tell(message: unknown): void;
  /** Calls for what other windows tell. */
  hear(then: (message: unknown) => void): void;
  /** Hears and tells no more. */
  close(): void;
}

/** What they tell each other when somebody logs out. */
export const LEFT = "left";

/** What the name of each import begins with that goes on in any of them. */
export const IMPORTING = "importing/";

/** How long is waited for what a window that is just going still has. */
const PATIENCE = 1000;

/**
 * Runs with the lock. A page that waits for what a browser asks before it prints runs no script; Chromium gives it its turn all the
 * same, finds nobody to call, and refuses the request with a bare `Error`. Such a turn is asked for again.
 */
async function withLock(
  locks: LockManager,
  name: string,
  options: LockOptions,
  run: () => Promise<void>,
): Promise<void> {
  for (let called = false; !called; ) {
    try {
      await locks.request(name, options, () => {
        called = true;
        return run();
      });
    } catch (thrown) {
      if (called || thrown instanceof DOMException) throw thrown;
      // a timer waits, too, until scripts run again
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
}

/** Until it is let go, when nobody else has it; `null` when the patience ends first. */
function held(locks: LockManager, name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const hold = () => new Promise<void>((letGo) => resolve(letGo));
    withLock(locks, name, { signal: AbortSignal.timeout(PATIENCE) }, hold).catch(() => resolve(null));
  });
}

/** The windows of this browser; where it has no locks, this one is the only one that it knows of. */
export function ofBrowser(account: string): Windows {
  const { locks } = navigator;
  if (locks === undefined) return alone();
  const channel = new BroadcastChannel(`glaspost/${account}`);
  let isClosed = false;
  const name = (what: string) => `glaspost/${account}/${what}`;
  return {
    alone: (what, run) => withLock(locks, name(what), {}, run),
    take: (what) => held(locks, name(what)),
    taken: async (beginning) => {
      const { held: all = [] } = await locks.query();
      const names = all.map((one) => one.name ?? "").filter((one) => one.startsWith(name(beginning)));
      return names.map((one) => one.slice(name(beginning).length));
    },
    // what was still going on when somebody left may end later, and a closed channel throws
    tell: (message) => void (isClosed || channel.postMessage(message)),
    hear: (then) => channel.addEventListener("message", ({ data }) => then(data)),
    close: () => {
      isClosed = true;
      channel.close();
    },
  };
}

/** The only window. */
export function alone(): Windows {
  return {
    alone: (_, run) => run(),
    take: async () => () => {},
    taken: async () => [],
    tell: () => {},
    hear: () => {},
    close: () => {},
  };
}
