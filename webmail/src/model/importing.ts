/** Imports go on wherever one looks, and end with their page: who logs out, in any window, is asked about those of all. */
import type { Account } from "./account";
import { IMPORTING } from "./windows";

/** What runs is an import. */
export async function importing(account: Account, run: () => Promise<void>): Promise<void> {
  account.importing.update((n) => n + 1);
  const taking = account.windows.take(`${IMPORTING}${crypto.randomUUID()}`);
  try {
    await run();
  } finally {
    account.importing.update((n) => n - 1);
    void taking.then((letGo) => letGo?.());
  }
}
