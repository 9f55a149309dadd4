/** Mail addresses as people type them, and as they are shown. */
import type { Address } from "../jmap/mail";

/** Enough for a whole line of recipients, and no more. */
const LONGEST = 20_000;

/** Splits at commas, semicolons and ends of lines outside quotes and angle brackets. */
function split(typed: string): readonly string[] {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  let angled = false;
  for (const sign of typed.slice(0, LONGEST)) {
    if (sign === '"') quoted = !quoted;
    else if (!quoted && (sign === "<" || sign === ">")) angled = sign === "<";
    if (!quoted && !angled && /[,;\n]/.test(sign)) {
      parts.push(part);
      part = "";
    } else {
      part += sign;
    }
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== "");
}

/** The parts of a line of recipients that are complete, and what is still typed: the part behind the last separator. */
export function typedParts(typed: string): { readonly complete: readonly string[]; readonly rest: string } {
  // a sign that no separator is shows whether the last part goes on
  const parts = split(`${typed}\u0000`);
  return { complete: parts.slice(0, -1), rest: parts.at(-1)?.slice(0, -1).trim() ?? "" };
}

const SIMPLE = /^[^\s@<>"(),;:\\[\]]+@[^\s@<>"(),;:\\[\]]+$/;
const NAMED = /^(.*?)\s*<\s*([^<>]*?)\s*>$/s;

export interface Typed {
  readonly addresses: readonly Address[];
  /** What is no address. */
  readonly wrong: readonly string[];
}

/** Reads `Jan <jan@a.example>, piet@b.example`. */
export function parsed(typed: string): Typed {
  const addresses: Address[] = [];
  const wrong: string[] = [];
  for (const part of split(typed)) {
    const [, name = null, email = part] = NAMED.exec(part) ?? [];
    const bare = name?.replace(/^"(.*)"$/s, "$1").replace(/\\(["\\])/g, "$1") ?? "";
    if (SIMPLE.test(email)) addresses.push({ name: bare === "" ? null : bare, email });
    else wrong.push(part);
  }
  return { addresses, wrong };
}

/** One address as it is typed again. */
export function written({ name, email }: Address): string {
  if (name === null || name === "") return email;
  return /[,;<>"@()]/.test(name) ? `"${name.replace(/(["\\])/g, "\\$1")}" <${email}>` : `${name} <${email}>`;
}

export function writtenAll(addresses: readonly Address[] | null): string {
  return (addresses ?? []).map(written).join(", ");
}

/** Signs that turn text round or cannot be seen: in a name they only deceive. */
const HIDDEN = /[\p{Cc}\p{Cf}]/gu;

/** A name without them. */
export function visible(name: string | null): string {
  return name?.replace(HIDDEN, "").trim() ?? "";
}

/** What stands for a person where there is little room. */
export function shortName({ name, email }: Address): string {
  return visible(name) || email;
}

export function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
