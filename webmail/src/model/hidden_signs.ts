/** Signs that turn text round, or that nobody sees: `fto‮gpj.exe` would look like a picture. Those that letters need to hold together
 * are none of them. */
const HIDDEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;

/** One line without them. */
export function withoutHidden(line: string): string {
  return line.replace(HIDDEN, "");
}
