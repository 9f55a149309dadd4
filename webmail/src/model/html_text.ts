/** The words of an HTML text, for a message that has no plain one: read as a stream of characters, never given to a browser's parser. */
import { decoded, tokens } from "./html_tokens";

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
