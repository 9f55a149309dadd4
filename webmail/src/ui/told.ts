/** How this browser is told of new mail: it goes on being told, and is told no more. */
import type { Client } from "../jmap/client";
import { readHere, writeHere } from "../model/here";
import { type Browser, devicesOf, keepUp, silence } from "../model/notifying";
import type { Language } from "../texts/languages";
import { registered } from "./registering";

/** The browser's own. */
export async function told(): Promise<Browser> {
  const pushes = (await registered())?.pushManager;
  return {
    ...devicesOf(pushes),
    able: pushes !== undefined && "Notification" in globalThis,
    permission: () => Notification.permission,
    ask: () => Notification.requestPermission(),
  };
}

/** What the server knows of it is prolonged, or made anew where it has ended; nothing is done where nobody switched it on. */
export async function keepTold(client: Client, language: Language): Promise<void> {
  if ((readHere(localStorage)?.push ?? null) === null) return;
  const push = await keepUp(client, await told(), language, Date.now());
  const here = readHere(localStorage);
  // whoever is in here now may be somebody else
  if (here?.account === client.accountId) writeHere(localStorage, { ...here, push });
}

export async function tellNoMore(): Promise<void> {
  await silence(await told());
}
