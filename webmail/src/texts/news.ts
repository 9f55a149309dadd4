/** What the worker says; it comes with the worker. */
import type { Language } from "./languages";
import { en, type NewsTexts } from "./news/en";
import { nl } from "./news/nl";

export const NEWS: Readonly<Record<Language, NewsTexts>> = { nl, en };
export type { NewsTexts };
