/** How the server tells a browser that shows no page: by its push service (RFC 8620, 7.2; RFC 9749). */
import type { Call } from "./batch";
import { absent, anything, attempt, type Decoded, date, id, list, map, nullable, object, oneOf, text } from "./decode";
import type { Id } from "./ids";
import { refusals } from "./methods";
import { Failure } from "./problem";
import { CORE, type Session } from "./session";

export const VAPID = "urn:ietf:params:jmap:webpush-vapid";

export type SubscriptionId = Id<"PushSubscription">;
const subscriptionId = id<"PushSubscription">();

const offer = object({ applicationServerKey: text });

/** By which the push service knows the server (RFC 9749, 3); `null` where the server signs nothing. */
export function applicationServerKey(of: Session): string | null {
  return attempt(offer, of.capabilities.get(VAPID))?.applicationServerKey ?? null;
}

/** A browser's push service, and the keys that only the browser can open messages by (RFC 8291). */
export const device = object({ endpoint: text, keys: object({ p256dh: text, auth: text }) });
export type Device = Decoded<typeof device>;

const orders = { method: "PushSubscription/set", using: CORE } as const;
const ends = nullable(date);

export interface Subscribed {
  readonly id: SubscriptionId;
  /** When the server forgets it. */
  readonly expires: number | null;
}

/** A new subscription for these types; the server then sends a code through the push service. */
export function subscribe(
  deviceClientId: string,
  { endpoint, keys }: Device,
  types: readonly string[],
): Call<Subscribed> {
  const made = object({ id: subscriptionId, expires: absent(ends, null) });
  const told = object({ created: absent(nullable(map(made)), null), notCreated: refusals });
  return {
    ...orders,
    arguments: { create: { device: { deviceClientId, url: endpoint, keys, types } } },
    decode: (value, where) => {
      const { created, notCreated } = told(value, where);
      const subscribed = created?.get("device");
      if (subscribed !== undefined) return subscribed;
      throw new Failure(notCreated?.get("device") ?? { kind: "malformed", where });
    },
  };
}

function update(of: SubscriptionId, change: Readonly<Record<string, string | null>>): Call<number | null> {
  const changed = nullable(object({ expires: absent(ends, null) }));
  const told = object({ updated: absent(nullable(map(changed)), null), notUpdated: refusals });
  return {
    ...orders,
    arguments: { update: { [of]: change } },
    decode: (value, where) => {
      const { updated, notUpdated } = told(value, where);
      const refused = notUpdated?.get(of);
      if (refused !== undefined) throw new Failure(refused);
      return updated?.get(of)?.expires ?? null;
    },
  };
}

/** Says that the code has come (RFC 8620, 7.2.2). */
export function verify(of: SubscriptionId, verificationCode: string): Call<number | null> {
  return update(of, { verificationCode });
}

/** For as long as the server lets it be; gives until when. */
export function prolong(of: SubscriptionId): Call<number | null> {
  return update(of, { expires: null });
}

export function unsubscribe(of: SubscriptionId): Call<void> {
  return { ...orders, arguments: { destroy: [of] }, decode: () => {} };
}

/** Until when the server knows it; `null` where it does not. */
export function subscribedUntil(of: SubscriptionId): Call<number | null> {
  const told = object({ list: list(object({ id: subscriptionId, expires: ends })) });
  return {
    method: "PushSubscription/get",
    using: CORE,
    arguments: { ids: [of], properties: ["id", "expires"] },
    decode: (value, where) => told(value, where).list.find((one) => one.id === of)?.expires ?? null,
  };
}

/** What a push service brings: a code (RFC 8620, 7.2.2), or what changed (7.1). */
export const verification = object({
  "@type": oneOf("PushVerification"),
  pushSubscriptionId: subscriptionId,
  verificationCode: text,
});
export const stateChange = object({ "@type": oneOf("StateChange"), changed: map(map(anything)) });
