/** What is said of who sent a message; it comes with an open message, not with the list. */
import type { Language } from "./languages";
import { en, type SenderTexts } from "./sender/en";
import { nl } from "./sender/nl";

export const SENDER: Readonly<Record<Language, SenderTexts>> = { nl, en };
