/** What the address book says; it comes with it, not with the list. */
import { type ContactsTexts, en } from "./contacts/en";
import { nl } from "./contacts/nl";
import type { Language } from "./languages";

export const CONTACTS: Readonly<Record<Language, ContactsTexts>> = { nl, en };
export type { ContactsTexts };
