/** The scripted server's push subscriptions (RFC 8620, 7.2): made, verified, prolonged, ended. Nothing is sent: the test says what came. */
import type { Method } from "./methods";
import type { Fields, Records } from "./records";

export interface Subscription extends Fields {
  id: string;
  url: string;
  types: string[] | null;
  verificationCode: string | null;
  expires: string;
}

/** The code that the server sends for each. */
export const CODE = "the code";
export const WEEK = 7 * 24 * 3_600_000;
const all = new WeakMap<Records, Map<string, Subscription>>();

export function subscriptions(records: Records): Map<string, Subscription> {
  const found = all.get(records) ?? new Map<string, Subscription>();
  all.set(records, found);
  return found;
}

function expiry(): string {
  return new Date(Date.now() + WEEK).toISOString();
}

const set: Method = (records, { create, update, destroy }) => {
  const known = subscriptions(records);
  const told = { created: {}, updated: {}, notUpdated: {} } as Record<string, Fields>;
  for (const [key, asked] of Object.entries((create ?? {}) as Record<string, Fields>)) {
    const made = { ...asked, id: records.newId("p"), expires: expiry(), verificationCode: null } as Subscription;
    known.set(made.id, made);
    (told.created ?? {})[key] = { id: made.id, expires: made.expires, keys: null };
  }
  for (const [id, change] of Object.entries((update ?? {}) as Record<string, Fields>)) {
    const before = known.get(id);
    const code = change.verificationCode;
    if (before === undefined) (told.notUpdated ?? {})[id] = { type: "notFound" };
    else if (code !== undefined && code !== CODE) (told.notUpdated ?? {})[id] = { type: "invalidProperties" };
    else {
      const prolonged = "expires" in change ? { expires: expiry() } : {};
      known.set(id, { ...before, ...change, ...prolonged } as Subscription);
      (told.updated ?? {})[id] = "expires" in change ? prolonged : null;
    }
  }
  for (const id of (destroy ?? []) as string[]) known.delete(id);
  return { ...told, destroyed: destroy ?? null };
};

const get: Method = (records, { ids }) => {
  const known = subscriptions(records);
  const wanted = (ids as string[] | null) ?? [...known.keys()];
  return { list: wanted.flatMap((id) => known.get(id) ?? []), notFound: wanted.filter((id) => !known.has(id)) };
};

export const SUBSCRIPTION_METHODS: Record<string, Method> = {
  "PushSubscription/set": set,
  "PushSubscription/get": get,
};
