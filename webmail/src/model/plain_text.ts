/** Plain text as it is shown: paragraphs, quotes that fold, and links that are links. Values only; nothing here is markup. */

export interface Quote {
  readonly kind: "quote" | "own" | "signature";
  readonly depth: number;
  readonly lines: readonly string[];
}

export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string };

function depthOf(line: string): number {
  const marks = /^(?:> ?)+/.exec(line)?.[0] ?? "";
  return marks.replace(/ /g, "").length;
}

/** Lines that belong together: own text, text quoted so many times, the signature (RFC 3676, 4.3 and 4.5). */
export function blocks(text: string): readonly Quote[] {
  const found: { kind: Quote["kind"]; depth: number; lines: string[] }[] = [];
  let signed = false;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const depth = depthOf(line);
    if (depth === 0 && line === "-- ") signed = true;
    const kind = depth > 0 ? "quote" : signed ? "signature" : "own";
    const last = found.at(-1);
    const bare = depth === 0 ? line : line.replace(/^(?:> ?)+/, "");
    if (last !== undefined && last.kind === kind && last.depth === depth) last.lines.push(bare);
    else found.push({ kind, depth, lines: [bare] });
  }
  return found;
}

const ADDRESS = /https?:\/\/[^\s<>"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
/** What ends a sentence is not part of the address before it. */
const AFTER = /[.,;:!?)\]}'"»”]+$/;
const LONGEST_ADDRESS = 2000;
/** In lines longer than this, which nobody wrote by hand, nothing is looked for. */
const LONGEST_LINE = 5000;

/** A line with what can be clicked: only http, https and mail addresses, and only where a URL parses to that. */
export function pieces(line: string): readonly Piece[] {
  if (line.length > LONGEST_LINE) return [{ kind: "text", text: line }];
  const found: Piece[] = [];
  let at = 0;
  for (const match of line.matchAll(ADDRESS)) {
    const text = trimmed(match[0]);
    const href = text.length > LONGEST_ADDRESS ? null : target(text);
    if (href === null) continue;
    if (match.index > at) found.push({ kind: "text", text: line.slice(at, match.index) });
    found.push({ kind: "link", text, href });
    at = match.index + text.length;
  }
  if (at < line.length || found.length === 0) found.push({ kind: "text", text: line.slice(at) });
  return found;
}

/** How many lines are laid out together: more than most screens have. */
export const PASSAGE = 60;

/** Lines that stand together; what lies between two links is one piece, however many lines it has. */
export interface Passage {
  readonly lines: number;
  readonly pieces: readonly Piece[];
}

/** A block in passages, so that of a long one only what is in sight need be laid out. */
export function passages(lines: readonly string[]): readonly Passage[] {
  const found: Passage[] = [];
  for (let from = 0; from < lines.length; from += PASSAGE) {
    const part = lines.slice(from, from + PASSAGE);
    // with the end of its last line too: of an empty line only that is seen
    const all = part.flatMap((line) => [...pieces(line), LINE_END]);
    found.push({ lines: part.length, pieces: joined(all) });
  }
  return found;
}

const LINE_END: Piece = { kind: "text", text: "\n" };

function joined(all: readonly Piece[]): readonly Piece[] {
  const found: Piece[] = [];
  let texts: string[] = [];
  const end = () => {
    if (texts.length > 0) found.push({ kind: "text", text: texts.join("") });
    texts = [];
  };
  for (const piece of all) {
    if (piece.kind === "text") texts.push(piece.text);
    else {
      end();
      found.push(piece);
    }
  }
  end();
  return found;
}

function trimmed(text: string): string {
  const bare = text.replace(AFTER, "");
  // a bracket that was opened inside belongs to the address
  return text[bare.length] === ")" && bare.includes("(") ? `${bare})` : bare;
}

function target(text: string): string | null {
  if (!/^https?:/i.test(text)) return `mailto:${encodeURI(text)}`;
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Where a link that a person types goes: a web address, with or without its beginning, or a mail address; `null` for others. */
export function linkTarget(typed: string): string | null {
  const bare = typed.trim();
  if (bare === "" || /\s/.test(bare) || bare.length > LONGEST_ADDRESS) return null;
  if (/^mailto:/i.test(bare) || /^[^@/:]+@[^@/:]+$/.test(bare)) return target(bare.replace(/^mailto:/i, ""));
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(bare) && !/^[^/]+:\d/.test(bare) ? bare : `https://${bare}`;
  return /^https?:/i.test(whole) ? target(whole) : null;
}
