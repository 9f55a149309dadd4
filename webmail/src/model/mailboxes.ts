/** The mailboxes of an account as a sorted tree, with their counts. */
import type { MailboxId, State } from "../jmap/ids";
import type { Mailbox } from "../jmap/mail";
import { Value } from "./observable";

/** Roles that have a place of their own, in the order in which they are shown. */
const ROLES = ["inbox", "drafts", "sent", "archive", "junk", "trash"] as const;
export type Role = (typeof ROLES)[number];

export interface Branch {
  readonly mailbox: Mailbox;
  readonly role: Role | null;
  readonly depth: number;
}

export function roleOf({ role }: Mailbox): Role | null {
  return ROLES.find((known) => known === role) ?? null;
}

/** A person has taken it from the list: it has no role, and is not subscribed. */
export function isHidden({ role, mailbox }: Branch): boolean {
  return role === null && !mailbox.isSubscribed;
}

function rank(mailbox: Mailbox): number {
  const role = roleOf(mailbox);
  return role === null ? ROLES.length : ROLES.indexOf(role);
}

let collator: Intl.Collator | null = null;

/** By name, as people sort them; what that takes is made when two names are to be compared, for it costs as much as ten rows. */
function byName(a: string, b: string): number {
  collator ??= new Intl.Collator();
  return collator.compare(a, b);
}

/** Those with a role first, then as the server sorts them, then by name; children under their parents. */
export function tree(mailboxes: readonly Mailbox[]): readonly Branch[] {
  const ids = new Set(mailboxes.map(({ id }) => id));
  const children = new Map<MailboxId | null, Mailbox[]>();
  for (const mailbox of mailboxes) {
    const parent = mailbox.parentId !== null && ids.has(mailbox.parentId) ? mailbox.parentId : null;
    children.set(parent, [...(children.get(parent) ?? []), mailbox]);
  }
  const branches: Branch[] = [];
  const waiting: Branch[] = [];
  const push = (parent: MailboxId | null, depth: number) => {
    const sorted = [...(children.get(parent) ?? [])].sort(
      (a, b) => rank(a) - rank(b) || a.sortOrder - b.sortOrder || byName(a.name, b.name),
    );
    for (const mailbox of sorted.reverse()) waiting.push({ mailbox, role: roleOf(mailbox), depth });
    children.delete(parent);
  };
  push(null, 0);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    branches.push(next);
    push(next.mailbox.id, next.depth + 1);
  }
  return branches;
}

export class Mailboxes {
  readonly all = new Value<readonly Branch[]>([]);
  state: State | null = null;
  readonly #byId = new Map<MailboxId, Mailbox>();

  of(id: MailboxId): Mailbox | undefined {
    return this.#byId.get(id);
  }

  withRole(role: Role): Mailbox | undefined {
    return this.all.value.find((branch) => branch.role === role)?.mailbox;
  }

  /** Whether it is that mailbox, or lies somewhere in it. */
  liesIn(id: MailboxId, within: MailboxId | null): boolean {
    const seen = new Set<MailboxId>();
    for (let at: MailboxId | null = id; at !== null && !seen.has(at); at = this.#byId.get(at)?.parentId ?? null) {
      if (at === within) return true;
      seen.add(at);
    }
    return false;
  }

  take(mailboxes: readonly Mailbox[], gone: readonly MailboxId[] = []): void {
    for (const id of gone) this.#byId.delete(id);
    for (const mailbox of mailboxes) this.#byId.set(mailbox.id, mailbox);
    this.all.set(tree([...this.#byId.values()]));
  }

  /** Only these are left: all were asked for. */
  replace(mailboxes: readonly Mailbox[]): void {
    this.#byId.clear();
    this.take(mailboxes);
  }
}
