/** Records as the server would send them: what is kept of them is read by the decoders that read the server. */
import type { Email, Message } from "./mail";

/** Sets and maps as JMAP writes them (RFC 8620, 1.1; RFC 8621, 4.1.1). */
export function encoded(value: unknown): unknown {
  if (value instanceof Set) return Object.fromEntries([...value].map((key) => [key, true]));
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [key, encoded(item)]));
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, encoded(item)]));
}

function date(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

export function encodedEmail(email: Email): unknown {
  return Object.assign({}, encoded(email), { receivedAt: date(email.receivedAt) });
}

export function encodedMessage(message: Message): unknown {
  return Object.assign({}, encodedEmail(message), { sentAt: date(message.sentAt) });
}
