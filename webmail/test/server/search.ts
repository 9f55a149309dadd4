/** Filters, sorting and windows of the scripted server's queries (RFC 8621, 4.4). */
import type { Fields, Records, StoredEmail } from "./records";

function words(email: StoredEmail): string {
  const people = [...(email.from ?? []), ...(email.to ?? [])].map(({ name, email }) => `${name ?? ""} ${email}`);
  return [email.subject ?? "", email.preview, ...people].join(" ").toLowerCase();
}

function people(of: StoredEmail["from"], word: string): boolean {
  return (of ?? []).some(({ name, email }) => `${name ?? ""} ${email}`.toLowerCase().includes(word));
}

const CONDITIONS: Record<string, (email: StoredEmail, value: unknown) => boolean> = {
  inMailbox: (email, value) => email.mailboxIds[String(value)] === true,
  inMailboxOtherThan: (email, value) =>
    Object.keys(email.mailboxIds).some((id) => !(Array.isArray(value) && value.includes(id))),
  text: (email, value) => words(email).includes(String(value).toLowerCase()),
  subject: (email, value) => (email.subject ?? "").toLowerCase().includes(String(value).toLowerCase()),
  from: (email, value) => people(email.from, String(value).toLowerCase()),
  to: (email, value) => people(email.to, String(value).toLowerCase()),
  hasAttachment: (email, value) => email.hasAttachment === value,
  hasKeyword: (email, value) => email.keywords[String(value)] === true,
  notKeyword: (email, value) => email.keywords[String(value)] !== true,
  before: (email, value) => email.receivedAt < String(value),
  after: (email, value) => email.receivedAt >= String(value),
  minSize: (email, value) => email.size >= Number(value),
  maxSize: (email, value) => email.size < Number(value),
  header: (email, value) =>
    Array.isArray(value) && value[0] === "Message-ID" && (email.messageId ?? []).includes(unwrapped(String(value[1]))),
};

/** A message id without the angle brackets that its field has. */
function unwrapped(id: string): string {
  return id.replace(/^<|>$/g, "");
}

export function matches(email: StoredEmail, filter: unknown): boolean {
  if (filter === null || typeof filter !== "object") return true;
  const asked = filter as Fields;
  if (Array.isArray(asked.conditions)) {
    const each = asked.conditions.map((condition) => matches(email, condition));
    if (asked.operator === "AND") return each.every(Boolean);
    if (asked.operator === "OR") return each.some(Boolean);
    return !each.some(Boolean);
  }
  return Object.entries(asked).every(([name, value]) => {
    const condition = CONDITIONS[name];
    if (condition === undefined) throw new Error(`unsupportedFilter: ${name}`);
    return condition(email, value);
  });
}

/** All that a question finds, newest first. */
export function find(records: Records, filter: unknown, collapse: boolean): string[] {
  const found = [...records.emails.values()].filter((email) => matches(email, filter));
  found.sort((a, b) => b.receivedAt.localeCompare(a.receivedAt) || b.id.localeCompare(a.id));
  if (!collapse) return found.map(({ id }) => id);
  const threads = new Set<string>();
  return found.flatMap(({ id, threadId }) => {
    if (threads.has(threadId)) return [];
    threads.add(threadId);
    return [id];
  });
}
