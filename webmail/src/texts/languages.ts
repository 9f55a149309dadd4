/** The languages there are, and which one a browser asks for. */
import { en, type Texts } from "./en";
import { nl } from "./nl";

export const LANGUAGES = { nl, en } as const satisfies Record<string, Texts>;
export type Language = keyof typeof LANGUAGES;

export function isLanguage(word: string): word is Language {
  return Object.hasOwn(LANGUAGES, word);
}

/** The first of the browser's languages that is here; Dutch, where none is. */
export function preferred(asked: readonly string[]): Language {
  return asked.map((tag) => tag.toLowerCase().split("-")[0] ?? "").find(isLanguage) ?? "nl";
}
