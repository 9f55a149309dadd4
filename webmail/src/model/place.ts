/** What is looked at: a mailbox, or what a search finds. */
import type { MailboxId } from "../jmap/ids";
import { CONDITIONS, type Quick } from "./quick";

export type Place =
  | { readonly kind: "mailbox"; readonly id: MailboxId; readonly only: readonly Quick[] }
  | { readonly kind: "search"; readonly filter: unknown };

/** As `Email/query` takes it (RFC 8621, 4.4.1). */
export function filterOf(place: Place): unknown {
  if (place.kind === "search") return place.filter;
  const inMailbox = { inMailbox: place.id };
  const narrowed = place.only.map((one) => CONDITIONS[one]);
  return narrowed.length === 0 ? inMailbox : { operator: "AND", conditions: [inMailbox, ...narrowed] };
}
