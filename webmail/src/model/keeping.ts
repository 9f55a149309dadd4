/** Has the browser keep what an account has, and gives it back to the next page (replica.ts). Loaded after the first list. */
import { CONTACTS } from "../jmap/session";
import type { Account } from "./account";
import { inBrowser } from "./kept";
import type { KeptCards } from "./kept_cards";
import { Replica, type Snapshot } from "./replica";
import { database } from "./replica_database";

/** After how many milliseconds of quiet what changed is kept. */
export const KEEP_AFTER = 1000;
/** After how many milliseconds behind the first list the address book is asked for. */
export const CARDS_AFTER = 3000;

function snapshot(account: Account): Snapshot {
  const { client, mailboxes, identities, own, emails } = account;
  account.noteList();
  return {
    session: client.told,
    mailboxes: mailboxes.all.value.map(({ mailbox }) => mailbox),
    mailboxState: mailboxes.state,
    identities: identities.value,
    labels: own.labels.all.value,
    searches: own.searches.all.value,
    emails: emails.confirmed,
    emailState: emails.emailState,
    threads: emails.threads,
    threadState: emails.threadState,
    lists: account.lists,
  };
}

/** From now on, while the page shows the account. */
export function keep(account: Account, replica: Replica): void {
  const { emails, mailboxes, identities, own, list } = account;
  account.keeper = replica;
  account.messages.shelf = replica;
  emails.gone = (ids) => void replica.forget(ids);
  replica.follow(account.windows, () => snapshot(account));
  let unwake = () => {};
  const soon = () => {
    unwake();
    unwake = account.around.wake(KEEP_AFTER, () => replica.keep());
  };
  for (const one of [emails.changed, mailboxes.all, identities, own.labels.all, own.searches.all]) one.subscribe(soon);
  list.subscribe((now) => now?.changed.subscribe(soon));
  account.cards = replica.cards;
  if (account.offers(CONTACTS)) keepCards(account, replica.cards);
  replica.tidy().catch(() => {});
}

/** The address book is asked for when a page has nothing more to do, when it has changed, and when it may have changed unheard. */
function keepCards({ client, around, line, listed, pushed }: Account, cards: KeptCards): void {
  const follow = () => void cards.follow(client);
  void listed.then(() => around.wake(CARDS_AFTER, follow));
  pushed.subscribe((types) => types.has("ContactCard") && follow());
  let broken = false;
  line.subscribe(({ kind }) => {
    if (broken && kind === "open") follow();
    broken = kind === "broken";
  });
}

/** What is kept of an account; `null` where the browser keeps nothing. */
export async function replicaOf(account: string): Promise<Replica | null> {
  try {
    return new Replica(await database(account));
  } catch {
    return null;
  }
}

/** Nothing of this account stays. */
export async function forget(account: string): Promise<void> {
  await (await replicaOf(account))?.clear().catch(() => {});
}

/** Nothing of this account stays, what was written neither, unless somebody `isIn` when the browser answers. Fails where something may. */
export async function forgetAll(account: string, isIn: () => boolean): Promise<void> {
  const [kept, mail] = await Promise.all([inBrowser(account), database(account)]);
  if (!isIn()) await Promise.all([kept.clear(), mail.clear()]);
  mail.close();
}
