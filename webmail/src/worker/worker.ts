/** The service worker: what it does stands beside; here is what the browser calls. */
/// <reference lib="webworker" />

import { attempt, json, object, text } from "../jmap/decode";
import { problemOf } from "../jmap/problem";
import { browser } from "../jmap/transport";
import { notes } from "../model/notes";
import { devicesOf, renew } from "../model/notifying";
import { database } from "../model/replica_database";
import { Files } from "./files";
import { type Around, heard, type Told } from "./news";
import { Shown } from "./shown";

declare const self: ServiceWorkerGlobalScope;
/** Named by the build (service_worker.ts). */
declare const FILES: readonly string[];
declare const RELEASE: string;

const files = new Files(caches, { name: RELEASE, files: FILES });
const shown = new Shown((account) => database(account));
const devices = devicesOf(self.registration.pushManager);
const around: Around = {
  transport: browser(),
  notes: notes(),
  now: () => Date.now(),
  isLookedAt: async () => (await windows()).some(({ focused, url }) => focused && isPage(url)),
  show: ({ title, body, tag, open }) =>
    self.registration.showNotification(title, { body, tag, icon: "/icons/192.png", data: { open } }),
  unsubscribe: devices.unsubscribe,
};
const clicked = object({ open: text });

/** Whether it is the webmail that stands in a window. */
function isPage(url: string): boolean {
  return new URL(url).pathname === "/";
}

function windows(): Promise<readonly WindowClient[]> {
  return self.clients.matchAll({ type: "window", includeUncontrolled: true });
}

self.addEventListener("install", (event) => {
  // pages of the release before find their files beside ours: nobody need close a window first
  event.waitUntil(files.install().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && files.has(url.pathname)) {
    event.respondWith(files.answer(url.pathname, request));
    if (request.mode === "navigate" && url.pathname === "/") event.waitUntil(tidy());
  } else if (shown.has(request)) {
    event.respondWith(shown.answer(request, (work) => event.waitUntil(work)));
  }
});

self.addEventListener("push", (event) => {
  event.waitUntil(heard(json(event.data?.text() ?? ""), around));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(renew(around.transport, devices, around.notes).catch(problemOf));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const asked: Pick<Told, "open"> | null = attempt(clicked, event.notification.data);
  event.waitUntil(open(asked?.open ?? "#/"));
});

/** The page that is being opened is of this release; where no other window is, none of an earlier release is left. */
async function tidy(): Promise<void> {
  // a newer one that comes just now is not taken away
  const { installing, waiting } = self.registration;
  if (installing === null && waiting === null && (await windows()).length === 0) await files.tidy();
}

/** In a window that is open, else in a new one. */
async function open(place: string): Promise<void> {
  const there = (await windows()).find(({ url }) => isPage(url));
  if (there === undefined) return void (await self.clients.openWindow(`/${place}`));
  there.postMessage({ open: place });
  await there.focus();
}
