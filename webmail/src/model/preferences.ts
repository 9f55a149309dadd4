/** How a person wants the webmail to be, kept in this browser. */
import { absent, attempt, count, flag, json, list, object, oneOf, text } from "../jmap/decode";
import { isLanguage, type Language, preferred } from "../texts/languages";
import { LONGEST_UNDO, UNDO_SECONDS } from "./undo_send";

export type Density = "roomy" | "compact";
export type Theme = "system" | "light" | "dark";

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  readonly conversations: boolean;
  /** Whether single letters are shortcuts (WCAG 2.1.4 asks for a way to turn them off). */
  readonly shortcuts: boolean;
  /** How much room a row of the list has. */
  readonly density: Density;
  /** Whether messages are shown with their layout, where they have one. */
  readonly formatted: boolean;
  /** Addresses from which the images of the web are shown without asking; the last ones to be added. */
  readonly imagesFrom: readonly string[];
  /** Whether messages begin with formatted text. */
  readonly rich: boolean;
  /** For how many seconds what was sent can be taken back. */
  readonly undoSeconds: number;
}

/** How many addresses are kept. */
export const MOST_SENDERS = 500;

/** The part of the browser's `Storage` that is used. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

const KEY = "glaspost/preferences";

const kept = object({
  language: absent(oneOf("nl", "en"), null),
  theme: absent(oneOf("system", "light", "dark"), "system" as const),
  conversations: absent(flag, true),
  shortcuts: absent(flag, true),
  density: absent(oneOf("roomy", "compact"), "roomy" as const),
  formatted: absent(flag, true),
  imagesFrom: absent(list(text), []),
  rich: absent(flag, false),
  undoSeconds: absent(count, UNDO_SECONDS),
});

export function read(shelf: Shelf, asked: readonly string[]): Preferences {
  const found = attempt(kept, json(shelf.getItem(KEY) ?? "{}"));
  const language = found?.language ?? null;
  return {
    language: language !== null && isLanguage(language) ? language : preferred(asked),
    theme: found?.theme ?? "system",
    conversations: found?.conversations ?? true,
    shortcuts: found?.shortcuts ?? true,
    density: found?.density ?? "roomy",
    formatted: found?.formatted ?? true,
    imagesFrom: found?.imagesFrom ?? [],
    rich: found?.rich ?? false,
    undoSeconds: Math.min(found?.undoSeconds ?? UNDO_SECONDS, LONGEST_UNDO),
  };
}

/** Changes some of them, and gives all; what another window has changed meanwhile stays. */
export function change(shelf: Shelf, asked: readonly string[], some: Partial<Preferences>): Preferences {
  const next = { ...read(shelf, asked), ...some };
  shelf.setItem(KEY, JSON.stringify(next));
  return next;
}

/** Whether they may be others now: by the key of what another window wrote (`null`: all went). */
export function areTouched(key: string | null): boolean {
  return key === null || key === KEY;
}

/** Whether the images of this sender are shown without asking. */
export function showsImages(of: Preferences, sender: string): boolean {
  return of.imagesFrom.includes(sender.toLowerCase());
}

/** The senders with one more. */
export function withImagesOf(of: Preferences, sender: string): readonly string[] {
  const address = sender.toLowerCase();
  return [...of.imagesFrom.filter((other) => other !== address), address].slice(-MOST_SENDERS);
}
