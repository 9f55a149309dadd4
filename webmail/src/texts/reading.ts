/** What is said of what is opened in a message; it comes with that, not with the list. */
import type { Language } from "./languages";
import { en, type ReadingTexts } from "./reading/en";
import { nl } from "./reading/nl";

export const READING: Readonly<Record<Language, ReadingTexts>> = { nl, en };
export type { ReadingTexts };
