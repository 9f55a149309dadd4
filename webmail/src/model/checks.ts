/** What is looked at before a message goes: what stops it, and what is asked about. */
import { parsed } from "./addresses";
import type { Composition } from "./composition";
import { blocks } from "./plain_text";

export type Check =
  | { readonly kind: "ready" }
  | { readonly kind: "no-recipient" }
  | { readonly kind: "wrong-address"; readonly part: string }
  | { readonly kind: "forgotten-attachment" }
  | { readonly kind: "no-subject" };

/** The first thing to be said; `passed` are the questions that were answered with yes. */
export function check(of: Composition, promises: readonly string[], passed: ReadonlySet<Check["kind"]>): Check {
  const all = [of.to, of.cc, of.bcc].map(parsed);
  const wrong = all.flatMap((typed) => typed.wrong)[0];
  if (wrong !== undefined) return { kind: "wrong-address", part: wrong };
  if (all.every(({ addresses }) => addresses.length === 0)) return { kind: "no-recipient" };
  if (of.attachments.length === 0 && promisesFile(of, promises) && !passed.has("forgotten-attachment")) {
    return { kind: "forgotten-attachment" };
  }
  if (of.subject.trim() === "" && !passed.has("no-subject")) return { kind: "no-subject" };
  return { kind: "ready" };
}

/** Whether the words that are one's own, not quoted ones, speak of a file. */
function promisesFile(of: Composition, promises: readonly string[]): boolean {
  const own = blocks(of.text).flatMap(({ kind, lines }) => (kind === "own" ? lines : []));
  const words = `${/^(re|fwd?):/i.test(of.subject) ? "" : of.subject}\n${own.join("\n")}`.toLowerCase();
  return promises.some((promise) => words.includes(promise));
}
