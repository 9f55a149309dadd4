/** What is said of the answer while one is away; it comes behind the first list. */
import { type AwayTexts, en } from "./away/en";
import { nl } from "./away/nl";
import type { Language } from "./languages";

export const AWAY: Readonly<Record<Language, AwayTexts>> = { nl, en };
