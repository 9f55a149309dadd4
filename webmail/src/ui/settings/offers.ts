/** Which sections there are: only those that the server can do for this account. */
import { OWN, offered } from "../../jmap/own";
import { QUOTA, SUBMISSION, VACATION } from "../../jmap/session";
import type { Account } from "../../model/account";
import type { Section } from "../../model/route";

export function isOffered(account: Account, section: Section): boolean {
  const { session, accountId } = account.client;
  const own = offered(session, accountId);
  switch (section) {
    case "general":
      return true;
    case "identities":
      return account.offers(SUBMISSION);
    case "away":
      return account.offers(VACATION);
    case "storage":
      return account.offers(QUOTA);
    case "forwarding":
      return own !== null && own.maxForwardTargets !== null;
    case "blocked":
      return own !== null && own.maxBlockedSenders !== null;
    case "password":
    case "programs":
      return account.offers(OWN);
    case "transfer":
      return own !== null && (own.importUrl !== null || own.exportUrl !== null);
  }
}
