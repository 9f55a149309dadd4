/** What is said where one writes, and of what became of it; it comes with that, not with the list. */
import type { Language } from "./languages";
import { en, type WritingTexts } from "./writing/en";
import { nl } from "./writing/nl";

export const WRITING: Readonly<Record<Language, WritingTexts>> = { nl, en };
export type { WritingTexts };
