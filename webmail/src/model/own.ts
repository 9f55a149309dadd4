/** What an account decides about itself by Glaspost's own capability: forwarding, blocked senders, password, programs. */
import type { Client } from "../jmap/client";
import type { Id } from "../jmap/ids";
import { createdIn, get, refusedIn, set } from "../jmap/methods";
import {
  BLOCKED_SENDER,
  type BlockedSender,
  FORWARDING,
  type Forwarding,
  PROGRAM_LOGIN,
  type ProgramLogin,
  passwordSet,
} from "../jmap/own";
import { Failure, type Problem, problemOf } from "../jmap/problem";

const SINGLETON = "singleton";

export type Forwards = Pick<Forwarding, "targets" | "keepCopy">;

export async function forwarding(client: Client): Promise<Forwards> {
  const { list } = await client.call(get(FORWARDING, client.accountId, null));
  const [found] = list;
  if (found === undefined) throw new Failure({ kind: "malformed", where: "Forwarding/get/list/0" });
  return found;
}

export async function setForwarding(client: Client, { targets, keepCopy }: Forwards): Promise<void> {
  const update = { [SINGLETON]: { targets, keepCopy } };
  refusedIn(await client.call(set(FORWARDING, client.accountId, { update })), SINGLETON);
}

/** The latest first. */
export async function blockedSenders(client: Client): Promise<readonly BlockedSender[]> {
  const { list } = await client.call(get(BLOCKED_SENDER, client.accountId, null));
  return [...list].sort((a, b) => b.createdAt - a.createdAt || a.pattern.localeCompare(b.pattern));
}

/** Blocks an address or a domain; gives what unblocks it. Who is blocked already is blocked. */
export async function block(client: Client, pattern: string): Promise<() => Promise<void>> {
  const done = await client.call(
    set(BLOCKED_SENDER, client.accountId, { create: { new: { pattern: pattern.trim() } } }),
  );
  const refused = done.refused.get("new");
  if (refused?.kind === "refused-record" && refused.type === "alreadyExists") return async () => {};
  const made = createdIn(done, "new");
  return () => unblock(client, made);
}

export async function unblock(client: Client, id: Id<"BlockedSender">): Promise<void> {
  refusedIn(await client.call(set(BLOCKED_SENDER, client.accountId, { destroy: [id] })), id);
}

/** Who uses the account: those that are at it now first, then by when they last came. */
export async function programs(client: Client): Promise<readonly ProgramLogin[]> {
  const { list } = await client.call(get(PROGRAM_LOGIN, client.accountId, null));
  const rank = (of: ProgramLogin) => (of.isThis ? 2 : of.open > 0 ? 1 : 0);
  return [...list].sort((a, b) => rank(b) - rank(a) || b.lastSeen - a.lastSeen);
}

export async function endProgram(client: Client, id: Id<"ProgramLogin">): Promise<void> {
  refusedIn(await client.call(set(PROGRAM_LOGIN, client.accountId, { destroy: [id] })), id);
}

/** What became of a wish for another password. */
export type PasswordOutcome =
  | { readonly kind: "changed"; readonly endedLogins: number }
  | { readonly kind: "wrong" }
  | { readonly kind: "weak"; readonly reason: string; readonly least: number | null }
  | { readonly kind: "too-often"; readonly seconds: number | null }
  | { readonly kind: "failed"; readonly problem: Problem };

export async function changePassword(client: Client, current: string, next: string): Promise<PasswordOutcome> {
  try {
    const endedLogins = await client.call(passwordSet(client.accountId, current, next));
    return { kind: "changed", endedLogins };
  } catch (thrown) {
    return refusedPassword(problemOf(thrown));
  }
}

function refusedPassword(problem: Problem): PasswordOutcome {
  if (problem.kind === "slow-down") return { kind: "too-often", seconds: problem.seconds };
  if (problem.kind !== "refused-method") return { kind: "failed", problem };
  const { reason, minLength, retryAfter } = problem.more ?? {};
  const number = (value: unknown) => (typeof value === "number" ? value : null);
  switch (problem.type) {
    case "wrongPassword":
    case "forbidden":
      return { kind: "wrong" };
    case "weakPassword":
      return { kind: "weak", reason: typeof reason === "string" ? reason : "", least: number(minLength) };
    case "rateLimit":
      return { kind: "too-often", seconds: number(retryAfter) };
    default:
      return { kind: "failed", problem };
  }
}
