/** Notifications of new mail on this browser: switched on, kept up, and ended (RFC 8620, 7.2). The worker shows them (src/worker/news.ts). */
import { Client } from "../jmap/client";
import { attempt } from "../jmap/decode";
import { EMAIL } from "../jmap/mail";
import { get } from "../jmap/methods";
import { Failure, type Problem, passes, problemOf } from "../jmap/problem";
import {
  applicationServerKey,
  type Device,
  device,
  prolong,
  type SubscriptionId,
  subscribe,
  subscribedUntil,
  unsubscribe,
} from "../jmap/subscription";
import type { Transport } from "../jmap/transport";
import type { Language } from "../texts/languages";
import { type Notes, notes } from "./notes";

/** Only new mail is worth waking anybody for (RFC 8621, 1.5). */
const TYPES = ["EmailDelivery"];
/** When less is left than this, it is prolonged: the server lets it be for a week. */
export const SOON = 5 * 24 * 3_600_000;

/** The part of the browser that brings push messages. */
export interface Devices {
  /** The push service's address and keys; as it is, or `null`. */
  current(): Promise<Device | null>;
  subscribe(applicationServerKey: string): Promise<Device>;
  unsubscribe(): Promise<void>;
}

/** The same, where a person can be asked about it. */
export interface Browser extends Devices {
  /** Whether it can at all. */
  readonly able: boolean;
  permission(): NotificationPermission;
  ask(): Promise<NotificationPermission>;
}

export type Switched =
  | { readonly kind: "on"; readonly id: SubscriptionId }
  /** The person or the browser does not let it. */
  | { readonly kind: "denied" }
  /** The push service was not to be had. */
  | { readonly kind: "unable" }
  | { readonly kind: "failed"; readonly problem: Problem };

/** Switches notifications on: asks the person, the push service and the server, in this order. */
export async function switchOn(
  client: Client,
  browser: Browser,
  language: Language,
  keeping: Notes = notes(),
): Promise<Switched> {
  const key = applicationServerKey(client.session);
  if (key === null || !browser.able) return { kind: "unable" };
  if ((await browser.ask()) !== "granted") return { kind: "denied" };
  let made: Device;
  try {
    made = await browser.subscribe(key);
  } catch {
    return { kind: "unable" };
  }
  try {
    return { kind: "on", id: await madeKnown(client, made, language, keeping) };
  } catch (thrown) {
    await browser.unsubscribe();
    await keeping.clear();
    return { kind: "failed", problem: problemOf(thrown) };
  }
}

async function madeKnown(client: Client, { endpoint, keys }: Device, language: Language, keeping: Notes) {
  const { state } = await client.call(get(EMAIL, client.accountId, []));
  const { apiUrl } = client.session;
  // the code may come before the answer: what the worker needs to answer it is written first
  const note = { account: client.accountId, apiUrl, language, state, subscription: null, endpoint, expires: null };
  await keeping.write(note);
  const subscribed = await client.call(subscribe(crypto.randomUUID(), { endpoint, keys }, TYPES));
  await keeping.change({ subscription: subscribed.id, expires: subscribed.expires });
  return subscribed.id;
}

/** Keeps it up at the beginning of a page: prolongs it, and makes it anew where the server or the push service has forgotten it.
 * Gives the subscription there is now. */
export async function keepUp(
  client: Client,
  browser: Browser,
  language: Language,
  now: number,
  keeping: Notes = notes(),
): Promise<SubscriptionId | null> {
  const note = await keeping.read();
  const current = browser.able && browser.permission() === "granted" ? await browser.current() : null;
  if (note === null || note.account !== client.accountId || current === null) {
    await keeping.clear();
    return null;
  }
  const { subscription } = note;
  const until = subscription === null ? null : await client.call(subscribedUntil(subscription));
  if (subscription === null || until === null || current.endpoint !== note.endpoint) {
    return madeKnown(client, current, language, keeping);
  }
  const expires = until - now < SOON ? await client.call(prolong(subscription)) : until;
  await keeping.change({ expires, language });
  return subscription;
}

/** The push service has ended what it brought messages by: another one is asked for, and the server told of that one instead. What
 * fails here the next page does. */
export async function renew(transport: Transport, browser: Devices, keeping: Notes = notes()): Promise<void> {
  const note = await keeping.read();
  // nobody is to be told any more
  if (note === null) return browser.unsubscribe();
  const client = await Client.begin(transport);
  const key = applicationServerKey(client.session);
  // somebody else is logged in
  if (client.accountId !== note.account || key === null) return;
  const device = (await browser.current()) ?? (await browser.subscribe(key));
  await madeKnown(client, device, note.language, keeping);
  if (note.subscription !== null) await endAtServer(client, note.subscription);
}

/** Switches them off here; what is left of it at the server is another's to end. */
export async function silence(browser: Devices, keeping: Notes = notes()): Promise<void> {
  await keeping.clear();
  await browser.unsubscribe();
}

/** The server tells no more. */
export async function endAtServer(client: Client, id: SubscriptionId): Promise<void> {
  await client.call(unsubscribe(id));
}

/** The same for who has logged out already; fails where it is to be tried again, and with `signed-out` where the login has ended too. */
export async function endAfterwards(transport: Transport, id: SubscriptionId): Promise<void> {
  try {
    await endAtServer(await Client.begin(transport), id);
  } catch (thrown) {
    const problem = problemOf(thrown);
    if (passes(problem) || problem.kind === "signed-out") throw thrown;
  }
}

/** The browser's own. */
export function devicesOf(pushes: PushManager | undefined): Devices {
  const told = (subscription: PushSubscription | null) => attempt(device, subscription?.toJSON());
  return {
    current: async () => told((await pushes?.getSubscription()) ?? null),
    subscribe: async (key) => {
      const made = told((await pushes?.subscribe({ userVisibleOnly: true, applicationServerKey: key })) ?? null);
      if (made === null) throw new Failure({ kind: "malformed", where: "subscription" });
      return made;
    },
    unsubscribe: async () => void (await (await pushes?.getSubscription())?.unsubscribe()),
  };
}
