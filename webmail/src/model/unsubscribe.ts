/** How one leaves a list, as the message itself says (RFC 2369, 3.2): by a letter, or on a page. Nothing is done by itself. */
import { mailTo } from "./mail_link";

export type Leaving =
  | { readonly kind: "letter"; readonly to: string; readonly subject: string; readonly text: string }
  | { readonly kind: "page"; readonly url: string; readonly host: string };

/** Ways that are looked at. */
const MOST = 10;
const LONGEST = 2_000;

function leaving(told: string): Leaving | null {
  if (told.length > LONGEST) return null;
  if (/^mailto:/i.test(told)) {
    const letter = mailTo(told);
    return letter === null ? null : { kind: "letter", ...letter };
  }
  try {
    const url = new URL(told);
    const isPage = url.protocol === "https:" && url.username === "" && url.password === "";
    return isPage ? { kind: "page", url: url.href, host: url.hostname } : null;
  } catch {
    return null;
  }
}

/** The first way that can be gone; they stand in the order that the sender likes best. */
export function unsubscribing(ways: readonly string[] | null): Leaving | null {
  for (const way of (ways ?? []).slice(0, MOST)) {
    const found = leaving(way.trim());
    if (found !== null) return found;
  }
  return null;
}
