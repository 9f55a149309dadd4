/** Links that begin a letter (RFC 6068). What they say is put before who writes, and nothing of it is sent by itself. */

export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const LONGEST_TEXT = 2_000;
const ADDRESS = /^[^\s@<>"(),;:\\[\]\p{Cc}\p{Cf}]+@[^\s@<>"(),;:\\[\]\p{Cc}\p{Cf}]+$/u;

function decoded(text: string): string {
  try {
    // RFC 6068, 5: a plus is a plus
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** The address of a link to one; `null` for anything else. */
export function mailAddress(link: string): string | null {
  return mailTo(link.trim())?.to ?? null;
}

/** The letter that a link begins: one recipient, subject and text; fields that say where it goes beside are passed over (RFC 6068, 4). */
export function mailTo(link: string): Letter | null {
  const found = /^mailto:([^?#]{3,320})(?:\?([^#]*))?/i.exec(link);
  const to = decoded(found?.[1] ?? "").trim();
  if (!ADDRESS.test(to)) return null;
  const fields = new Map(
    (found?.[2] ?? "").split("&").map((pair): [string, string] => {
      const at = pair.indexOf("=");
      return at < 0 ? ["", ""] : [pair.slice(0, at).toLowerCase(), decoded(pair.slice(at + 1))];
    }),
  );
  const line = (name: string) =>
    (fields.get(name) ?? "")
      .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
      .trim()
      .slice(0, 200);
  return {
    to,
    subject: line("subject"),
    text: (fields.get("body") ?? "").replace(/\r\n?/g, "\n").slice(0, LONGEST_TEXT),
  };
}
