/** The session object: what the server offers, where, and how much of it (RFC 8620, 2). */
import { absent, anything, count, type Decoded, flag, id, map, nullable, object, state, text } from "./decode";
import type { AccountId } from "./ids";
import { Failure } from "./problem";

export const CORE = "urn:ietf:params:jmap:core";
export const MAIL = "urn:ietf:params:jmap:mail";
export const SUBMISSION = "urn:ietf:params:jmap:submission";
export const VACATION = "urn:ietf:params:jmap:vacationresponse";
export const MDN = "urn:ietf:params:jmap:mdn";
export const BLOB = "urn:ietf:params:jmap:blob";
export const CONTACTS = "urn:ietf:params:jmap:contacts";
export const QUOTA = "urn:ietf:params:jmap:quota";

/** Where a client begins (RFC 8620, 2.2). */
export const WELL_KNOWN = "/.well-known/jmap";

const limits = object({
  maxSizeUpload: count,
  maxConcurrentUpload: count,
  maxSizeRequest: count,
  maxConcurrentRequests: count,
  maxCallsInRequest: count,
  maxObjectsInGet: count,
  maxObjectsInSet: count,
});
export type Limits = Decoded<typeof limits>;

const account = object({ name: text, isPersonal: flag, isReadOnly: flag, accountCapabilities: map(anything) });
export type Account = Decoded<typeof account>;

const shape = object({
  capabilities: map(anything),
  accounts: map<Account, AccountId>(account),
  primaryAccounts: map(id<"Account">()),
  username: text,
  apiUrl: text,
  downloadUrl: text,
  uploadUrl: text,
  eventSourceUrl: text,
  state,
});
export type Session = Decoded<typeof shape> & { readonly limits: Limits };

/** Reads a session object. */
export function session(value: unknown): Session {
  const read = shape(value, "session");
  return { ...read, limits: limits(read.capabilities.get(CORE), "session/capabilities/core") };
}

/** The account whose mail is shown. */
export function mailAccount(of: Session): AccountId {
  const found = of.primaryAccounts.get(MAIL);
  if (found === undefined) throw new Failure({ kind: "malformed", where: "session/primaryAccounts/mail" });
  return found;
}

/** Whether the account may do what stands behind a capability's name. */
export function offers(of: Session, in_: AccountId, capability: string): boolean {
  return of.capabilities.has(capability) && of.accounts.get(in_)?.accountCapabilities.has(capability) === true;
}

const submission = object({
  maxDelayedSend: absent(count, 0),
  submissionExtensions: absent(nullable(map(anything)), null),
});

/** For how many seconds the server holds what is to be sent later; 0 where it does not (RFC 8621, 1.3.2). */
export function longestDelay(of: Session, in_: AccountId): number {
  const told = of.accounts.get(in_)?.accountCapabilities.get(SUBMISSION);
  return told === undefined ? 0 : submission(told, "session/accounts/submission").maxDelayedSend;
}

/** A URL from its template: simple expansion of `{name}` (RFC 6570, level 1). */
export function expand(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ""));
}
