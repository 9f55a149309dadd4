/** Where links lead, and whether they say so. */
import { ascii, looksLikeAnother } from "./hosts";

/** The name that a text stands for, where all of it is an address or a name of a site. */
function named(text: string): string | null {
  const found = /^(?:https?:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?::\d+)?(?:[/?#]\S*)?$/u.exec(
    text.trim(),
  );
  return found?.[1] === undefined ? null : ascii(found[1]);
}

/** What registries of countries call their own parts. */
const PUBLIC = /^(?:ac|co|com|edu|go|gov|ltd|me|ne|net|or|org|plc)$/;

/** What of a name somebody has registered: the last two labels, three below names such as `co.uk`. */
function registered(host: string): string {
  const labels = host.split(".");
  const [second = "", first = ""] = labels.slice(-2);
  return labels.slice(first.length === 2 && PUBLIC.test(second) ? -3 : -2).join(".");
}

/** Where a link leads: the host of a page, the address of a mail; `null` for neither. */
export function target(href: string): string | null {
  try {
    const url = new URL(href);
    if (url.protocol === "mailto:") return decodeURIComponent(url.pathname);
    return /^https?:$/.test(url.protocol) ? url.hostname : null;
  } catch {
    return null;
  }
}

export interface Deception {
  /** What the link says. */
  readonly says: string;
  /** Where it leads. */
  readonly leads: string;
}

/** Whether a link that says one site leads to another. */
export function deception(text: string, href: string): Deception | null {
  const said = named(text);
  const host = target(href);
  if (said === null || host === null) return null;
  const leads = href.startsWith("mailto:") ? ascii(host.slice(host.lastIndexOf("@") + 1)) : host;
  if (leads === null || registered(said) === registered(leads)) return null;
  return { says: text.trim(), leads };
}

/** An address as it is shown: a name that could be read as another one stands as the network has it. */
export function readable(email: string): string {
  const at = email.lastIndexOf("@");
  const domain = email.slice(at + 1);
  if (at < 0 || !looksLikeAnother(domain)) return email;
  return `${email.slice(0, at + 1)}${ascii(domain) ?? domain}`;
}
