/** What the settings say; it comes with them, not with the list. */
import type { Language } from "./languages";
import { en, type SettingsTexts } from "./settings/en";
import { nl } from "./settings/nl";

export const SETTINGS: Readonly<Record<Language, SettingsTexts>> = { nl, en };
export type { SettingsTexts };
