/** Who is logged in in this browser, as far as a page knows before it has asked: kept beside the preferences. */
import { absent, attempt, flag, id, json, list, nullable, object, oneOf, text } from "../jmap/decode";
import type { AccountId } from "../jmap/ids";
import type { SubscriptionId } from "../jmap/subscription";
import type { Shelf } from "./preferences";

export interface Here {
  readonly account: AccountId;
  readonly name: string;
  /** `leaving`: has logged out, which the server does not know yet. */
  readonly stage: "in" | "ended" | "leaving";
  /** Whether the browser keeps the account's mail for the next page to begin with. */
  readonly kept: boolean;
  /** The server tells this browser of new mail by this subscription. */
  readonly push: SubscriptionId | null;
}

const KEY = "glaspost/here";
const kept = object({
  account: id<"Account">(),
  name: text,
  stage: oneOf("in", "ended", "leaving"),
  kept: absent(flag, false),
  push: absent(nullable(id<"PushSubscription">()), null),
});

/** Who has logged out here, and of whom something may be kept still. */
const LEFT = "glaspost/left";
const left = list(id<"Account">());

export function readLeft(shelf: Shelf): readonly AccountId[] {
  return attempt(left, json(shelf.getItem(LEFT) ?? "null")) ?? [];
}

export function writeLeft(shelf: Shelf, all: readonly AccountId[]): void {
  shelf.setItem(LEFT, JSON.stringify([...new Set(all)]));
}

export function readHere(shelf: Shelf): Here | null {
  return attempt(kept, json(shelf.getItem(KEY) ?? "null"));
}

export function writeHere(shelf: Shelf, here: Here | null): void {
  shelf.setItem(KEY, JSON.stringify(here));
}
