/** The service worker: what it does stands beside; here is what the browser calls. */
/// <reference lib="webworker" />
import { database } from "../model/replica_database";
import { Files } from "./files";
import { Pages } from "./pages";

declare const self: ServiceWorkerGlobalScope;
/** Named by the build (service_worker.ts). */
declare const FILES: readonly string[];
declare const RELEASE: string;

const files = new Files(caches, { name: RELEASE, files: FILES });
const pages = new Pages((account) => database(account));

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
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (files.has(url.pathname)) {
    event.respondWith(files.answer(url.pathname, request));
    if (request.mode === "navigate" && url.pathname === "/") event.waitUntil(tidy());
  } else if (request.mode === "navigate" && pages.has(url.pathname)) {
    event.respondWith(pages.answer(request, (work) => event.waitUntil(work)));
  }
});

/** The page that is being opened is of this release; where no other window is, none of another release is left. */
async function tidy(): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.length === 0) await files.tidy();
}
