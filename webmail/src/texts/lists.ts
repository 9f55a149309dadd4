/** What is said where lists are arranged: labels, searches, mailboxes; it comes with those dialogs, not with the list. */
import type { Language } from "./languages";
import { en, type ListTexts } from "./lists/en";
import { nl } from "./lists/nl";

export const LISTS: Readonly<Record<Language, ListTexts>> = { nl, en };
export type { ListTexts };
