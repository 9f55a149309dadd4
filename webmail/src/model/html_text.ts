/** The words of an HTML text, for a message that has no plain one: read as a stream of characters, never given to a browser's parser. */

/** Elements whose content nobody reads. */
const UNREAD = new Set([
  "script",
  "style",
  "head",
  "title",
  "template",
  "noscript",
  "textarea",
  "svg",
  "math",
  "object",
]);
/** Elements that end a line. */
const LINES = new Set([
  "br",
  "div",
  "p",
  "tr",
  "li",
  "ul",
  "ol",
  "table",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "hr",
  "pre",
]);
LINES.add("blockquote");
/** Elements with an empty line around them. */
const PARAGRAPHS = new Set(["p", "h1", "h2", "h3", "h4", "table", "blockquote", "ul", "ol"]);
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  euro: "€",
  copy: "©",
  reg: "®",
  hellip: "…",
  ndash: "–",
  mdash: "—",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  bull: "•",
  eacute: "é",
  egrave: "è",
  euml: "ë",
  iuml: "ï",
  ouml: "ö",
  uuml: "ü",
  zwnj: "",
  shy: "",
};
/** Character references (HTML, 13.5), the usual ones; what is unknown stays as it is. */
export function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-zA-Z]{2,8}));?/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole;
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const readable =
      code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) && !(code > 126 && code < 160);
    return code === 10 || code === 9 ? " " : readable ? String.fromCodePoint(code) : "�";
  });
}

type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "open" | "close" | "empty"; readonly name: string };

/** The end of the tag that begins at `from`: behind the first `>` outside quotes, or the end of the text. */
function endOfTag(html: string, from: number): number {
  let quote = "";
  for (let at = from + 1; at < html.length; at += 1) {
    const sign = html.charAt(at);
    if (quote !== "") quote = sign === quote ? "" : quote;
    else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === ">") return at + 1;
  }
  return html.length;
}

/** One pass, each character once: what is not closed goes to the end of the text. */
function* tokens(html: string): Generator<Token> {
  let at = 0;
  while (at < html.length) {
    if (html.startsWith("<!--", at)) {
      const end = html.indexOf("-->", at + 4);
      at = end < 0 ? html.length : end + 3;
    } else if (/^<[/!?a-zA-Z]/.test(html.slice(at, at + 2))) {
      const end = endOfTag(html, at);
      const [, slash, name] = /^<(\/?)([a-zA-Z][a-zA-Z0-9]{0,20})/.exec(html.slice(at, at + 24)) ?? [];
      if (name !== undefined) {
        const kind = slash === "/" ? "close" : html.charAt(end - 2) === "/" ? "empty" : "open";
        yield { kind, name: name.toLowerCase() };
      }
      at = end;
    } else {
      const next = html.indexOf("<", at + 1);
      const end = next < 0 ? html.length : next;
      yield { kind: "text", text: html.slice(at, end) };
      at = end;
    }
  }
}

/** What stands in the text for the border of an element. */
function border(name: string, opens: boolean): string {
  if (PARAGRAPHS.has(name)) return "\n\n";
  if (name === "li") return opens ? "\n• " : "";
  if (LINES.has(name)) return "\n";
  return name === "td" || name === "th" ? " " : "";
}

/** The text of an HTML body, a line for each block. */
export function textOfHtml(html: string): string {
  const out: string[] = [];
  let unread: string | null = null;
  for (const token of tokens(html)) {
    if (unread !== null) {
      if (token.kind === "close" && token.name === unread) unread = null;
    } else if (token.kind === "text") {
      out.push(decoded(token.text.replace(/\s+/g, " ")));
    } else if (token.kind === "open" && UNREAD.has(token.name)) {
      unread = token.name;
    } else {
      out.push(border(token.name, token.kind !== "close"));
    }
  }
  return out
    .join("")
    .replace(/[ \u00a0]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
