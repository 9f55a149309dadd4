/** Glaspost's own capability: what an account may decide about itself (docs/jmap-account.md). */
import type { Call } from "./batch";
import { absent, attempt, count, type Decoded, date, flag, id, list, nullable, object, oneOf, text } from "./decode";
import type { AccountId } from "./ids";
import { record } from "./mail";
import type { Session } from "./session";

export const OWN = "urn:glaspost:params:jmap:account";

const offer = object({
  maxForwardTargets: absent(nullable(count), null),
  maxBlockedSenders: absent(nullable(count), null),
  maxLabels: absent(nullable(count), null),
  maxSavedSearches: absent(nullable(count), null),
  importUrl: absent(nullable(text), null),
  exportUrl: absent(nullable(text), null),
  maxSizeImport: absent(nullable(count), null),
});
/** What of the capability the account has; a member is `null` where that part is not there. */
export type Offer = Decoded<typeof offer>;

/** `null` where the server has none of it. */
export function offered(of: Session, in_: AccountId): Offer | null {
  const told = of.accounts.get(in_)?.accountCapabilities.get(OWN);
  return told === undefined || !of.capabilities.has(OWN) ? null : attempt(offer, told);
}

/** Where the account's mail is sent on to: a singleton. */
export const FORWARDING = record("Forwarding", OWN, {
  id: id<"Forwarding">(),
  targets: list(text),
  keepCopy: flag,
});
export type Forwarding = Decoded<typeof FORWARDING.decode>;

/** Whose mail goes to junk. */
export const BLOCKED_SENDER = record("BlockedSender", OWN, {
  id: id<"BlockedSender">(),
  pattern: text,
  createdAt: date,
});
export type BlockedSender = Decoded<typeof BLOCKED_SENDER.decode>;

/** What a keyword is called, and its colour. */
export const LABEL = record("Label", OWN, {
  id: id<"Label">(),
  keyword: text,
  name: text,
  color: nullable(text),
  sortOrder: count,
});
export type Label = Decoded<typeof LABEL.decode>;

/** What is looked for again and again. */
export const SAVED_SEARCH = record("SavedSearch", OWN, {
  id: id<"SavedSearch">(),
  name: text,
  text,
  sortOrder: count,
});
export type SavedSearch = Decoded<typeof SAVED_SEARCH.decode>;

/** Who uses the account, by which name and port. */
export const PROGRAM_LOGIN = record("ProgramLogin", OWN, {
  id: id<"ProgramLogin">(),
  kind: oneOf("token", "password"),
  service: text,
  program: nullable(text),
  host: nullable(text),
  port: nullable(count),
  tls: oneOf("none", "starttls", "implicit"),
  address: nullable(text),
  firstSeen: date,
  lastSeen: date,
  open: count,
  isThis: flag,
  advice: absent(nullable(oneOf("plain", "oldName")), null),
});
export type ProgramLogin = Decoded<typeof PROGRAM_LOGIN.decode>;

/** Changes the password; gives how many other logins ended. */
export function passwordSet(accountId: AccountId, currentPassword: string, newPassword: string): Call<number> {
  const told = object({ endedLogins: count });
  return {
    method: "Password/set",
    using: OWN,
    arguments: { accountId, currentPassword, newPassword },
    decode: (value, where) => told(value, where).endedLogins,
  };
}
