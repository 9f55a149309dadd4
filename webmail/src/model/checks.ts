/** What is looked at before a message goes: what stops it, and what is asked about. */
import { parsed } from "./addresses";
import { type Composition, filesOf } from "./composition";
import { blocks } from "./plain_text";

export type Check =
  | { readonly kind: "ready" }
  | { readonly kind: "no-recipient" }
  | { readonly kind: "wrong-address"; readonly part: string }
  | { readonly kind: "forgotten-attachment" }
  | { readonly kind: "many-recipients" }
  | { readonly kind: "no-subject" };

/** More people than these seldom all know each other's address. */
const MANY_RECIPIENTS = 15;

/** The first thing to be said; `promises` are words that speak of a file, `passed` the questions that were answered with yes. */
export function check(of: Composition, promises: readonly string[], passed: ReadonlySet<Check["kind"]>): Check {
  const all = [of.to, of.cc, of.bcc].map(parsed);
  const wrong = all.flatMap((typed) => typed.wrong)[0];
  if (wrong !== undefined) return { kind: "wrong-address", part: wrong };
  if (all.every(({ addresses }) => addresses.length === 0)) return { kind: "no-recipient" };
  const seen = [of.to, of.cc].flatMap((typed) => parsed(typed).addresses).length;
  if (seen > MANY_RECIPIENTS && !passed.has("many-recipients")) return { kind: "many-recipients" };
  if (filesOf(of).length === 0 && promisesFile(of, promises) && !passed.has("forgotten-attachment")) {
    return { kind: "forgotten-attachment" };
  }
  if (of.subject.trim() === "" && !passed.has("no-subject")) return { kind: "no-subject" };
  return { kind: "ready" };
}

/** The line above what is passed on, in any language: `-- words --`, with more hyphens. */
const PASSED_ON = /^-{5,}[^-\n].*[^-\n]-{5,}$/m;

/** Whether the words that are one's own, not what is quoted or passed on, speak of a file. */
function promisesFile(of: Composition, promises: readonly string[]): boolean {
  const written = of.text.split(PASSED_ON, 1)[0] ?? "";
  const own = blocks(written).flatMap(({ kind, lines }) => (kind === "own" ? lines : []));
  const words = `${/^(re|fwd?):/i.test(of.subject) ? "" : of.subject}\n${own.join("\n")}`.toLowerCase();
  return promises.some((promise) => words.includes(promise));
}
