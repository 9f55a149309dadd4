/** What the sheet of keys says; it comes with that, not with the list. */
import type { Language } from "./languages";
import { en, type ShortcutTexts } from "./shortcuts/en";
import { nl } from "./shortcuts/nl";

export const SHORTCUTS: Readonly<Record<Language, ShortcutTexts>> = { nl, en };
