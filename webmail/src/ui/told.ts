/** This browser goes on being told of new mail. */
import type { Client } from "../jmap/client";
import { readHere, writeHere } from "../model/here";
import { keepUp, ofBrowser } from "../model/notifying";
import type { Language } from "../texts/languages";
import { registered } from "./registering";

/** What the server knows of it is prolonged, or made anew where it has ended; nothing is done where nobody switched it on. */
export async function keepTold(client: Client, language: Language): Promise<void> {
  if ((readHere(localStorage)?.push ?? null) === null) return;
  const push = await keepUp(client, ofBrowser(await registered()), language, Date.now());
  const here = readHere(localStorage);
  // whoever is in here now may be somebody else
  if (here?.account === client.accountId) writeHere(localStorage, { ...here, push });
}
