/** Labels: keywords of messages as people see them. Whoever set a keyword, it is the same label. */
import type { Id } from "../jmap/ids";
import type { Label } from "../jmap/own";

/** The keywords that Thunderbird and others give to their five labels, with the colours that those have there. */
export const WELL_KNOWN = {
  $label1: "#d92b2b",
  $label2: "#d97706",
  $label3: "#2e8540",
  $label4: "#2563c9",
  $label5: "#8e44ad",
} as const;
export type WellKnown = keyof typeof WELL_KNOWN;

/** Colours to choose from; any other may be chosen too. */
export const COLOURS = [
  "#d92b2b",
  "#d97706",
  "#b8860b",
  "#2e8540",
  "#0f8a8a",
  "#2563c9",
  "#5b4bc4",
  "#8e44ad",
  "#c2337f",
  "#6b7280",
] as const;

/** Keywords that say how a message was handled, by programs that write them without a `$`. */
const HANDLING = new Set(["junk", "nonjunk", "notjunk", "forwarded", "redirected", "mdnsent"]);

/** A label as it is shown. */
export interface Tag {
  readonly keyword: string;
  /** `null`: one of the well known, which has a name in each language. */
  readonly name: string | null;
  readonly color: string | null;
  /** Where the account says how it is shown. */
  readonly id: Id<"Label"> | null;
}

export function isWellKnown(keyword: string): keyword is WellKnown {
  return Object.hasOwn(WELL_KNOWN, keyword);
}

export function tagOf(label: Label): Tag {
  return { keyword: label.keyword, name: label.name, color: label.color, id: label.id };
}

function unnamed(keyword: string): Tag | null {
  if (isWellKnown(keyword)) return { keyword, name: null, color: WELL_KNOWN[keyword], id: null };
  // what begins with `$` is for programs
  return keyword.startsWith("$") || HANDLING.has(keyword) ? null : { keyword, name: keyword, color: null, id: null };
}

/** The labels among the keywords of messages, in the order of the labels; then those that nobody has named. */
export function tagsOf(keywords: Iterable<string>, labels: readonly Label[]): readonly Tag[] {
  const left = new Set(keywords);
  const named = labels.filter(({ keyword }) => left.delete(keyword)).map(tagOf);
  return [...named, ...[...left].sort().flatMap((keyword) => unnamed(keyword) ?? [])];
}

/** What a person can choose from: the account's own, the well known that are none of those, and what the messages have beside. */
export function choices(labels: readonly Label[], keywords: Iterable<string>): readonly Tag[] {
  return tagsOf([...labels.map(({ keyword }) => keyword), ...Object.keys(WELL_KNOWN), ...keywords], labels);
}

/** Whether all, some or none of the messages have it. */
export function share(
  keyword: string,
  of: readonly { readonly keywords: ReadonlySet<string> }[],
): "all" | "some" | "none" {
  const having = of.filter(({ keywords }) => keywords.has(keyword)).length;
  return having === 0 ? "none" : having === of.length ? "all" : "some";
}
