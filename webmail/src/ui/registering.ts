/** Has the browser keep the page (src/worker): after the first list, so that it is in nobody's way. */
import { attempt, object, text } from "../jmap/decode";

const WORKER = "/worker.js";
const clicked = object({ open: text });

/** The browser's `trustedTypes`, as far as it is used (W3C Trusted Types, 2.3). What a policy makes is taken where an address is. */
interface Policies {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(address: string): string };
}
declare const trustedTypes: Policies | undefined;

/** The one address that the page's policy lets a script be taken from at run time. The name may be used once: nobody makes
 * a second one. */
function address(): string {
  if (typeof trustedTypes === "undefined") return WORKER;
  return trustedTypes.createPolicy("glaspost-worker", { createScriptURL: () => WORKER }).createScriptURL(WORKER);
}

async function register(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  try {
    return await navigator.serviceWorker.register(address(), { updateViaCache: "none" });
  } catch {
    // a window that keeps nothing may refuse it, and so does a server without it
    return null;
  }
}

let registration: Promise<ServiceWorkerRegistration | null> | null = null;

/** The worker of this page; `null` where the browser keeps nothing. */
export function registered(): Promise<ServiceWorkerRegistration | null> {
  registration ??= register();
  return registration;
}

/** The server was away: it may be of another release now. */
export async function lookForRelease(): Promise<void> {
  // where there is no network, the next time finds it
  await (await registration)?.update().catch(() => {});
}

/** Calls with the place that a notification leads to, when it is clicked. */
export function onNotification(then: (place: string) => void): void {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    const told = attempt(clicked, data);
    if (told !== null) then(told.open);
  });
}

/** Calls when another release than the one that this window shows has come. */
export function onRelease(then: () => void): void {
  if (!("serviceWorker" in navigator)) return;
  let first = navigator.serviceWorker.controller === null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!first) then();
    first = false;
  });
}
