/** What is looked at: a mailbox, or what a search finds. */
import type { MailboxId } from "../jmap/ids";

export type Place =
  | { readonly kind: "mailbox"; readonly id: MailboxId; readonly unreadOnly: boolean }
  | { readonly kind: "search"; readonly filter: unknown };

/** As `Email/query` takes it (RFC 8621, 4.4.1). */
export function filterOf(place: Place): unknown {
  if (place.kind === "search") return place.filter;
  const inMailbox = { inMailbox: place.id };
  return place.unreadOnly ? { operator: "AND", conditions: [inMailbox, { notKeyword: "$seen" }] } : inMailbox;
}
