/** What is said where one writes, and of what became of it; it comes with that, not with the list. */
import type { Language } from "./languages";
import { en, type WritingTexts } from "./writing/en";
import { nl } from "./writing/nl";

export const WRITING: Readonly<Record<Language, WritingTexts>> = { nl, en };
/** Words that speak of an attachment, whatever language one reads the webmail in: many write in more than one. */
export const ATTACHMENT_WORDS: readonly string[] = Object.values(WRITING).flatMap((texts) => texts.attachmentWords);
export type { WritingTexts };
