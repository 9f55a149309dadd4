/** Formatted text beside plain: each made of the other, as HTML that the editor of the webmail writes. */
import type { Identity } from "../jmap/mail";
import { attribute, decoded, tokens } from "./html_tokens";
import { blocks } from "./plain_text";

export function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

function lines(of: readonly string[]): string {
  return of.map((line) => `<div>${line === "" ? "<br>" : escaped(line)}</div>`).join("");
}

/** Where a signature stands: a sender's other address has another one. */
export function signature(inside: string): string {
  return inside === "" ? "" : `<div data-signature="">${inside}</div>`;
}

/** Plain text with its quotes and its signature as such. */
export function htmlOfText(text: string): string {
  return blocks(text)
    .map(({ kind, depth, lines: of }) => {
      if (kind === "signature") return signature(lines(of[0] === "-- " ? of.slice(1) : of));
      return `${'<blockquote type="cite">'.repeat(depth)}${lines(of)}${"</blockquote>".repeat(depth)}`;
    })
    .join("");
}

export function signatureHtml({ htmlSignature, textSignature }: Identity): string {
  if (htmlSignature !== "") return htmlSignature;
  return textSignature === "" ? "" : lines(textSignature.split("\n"));
}

/** The HTML part of a message. */
export function wholeDocument(html: string): string {
  return `<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>${html}</body></html>`;
}

/** What stands in the body of a message that the webmail wrote. */
export function insideOf(whole: string): string {
  return /<body[^>]*>([\s\S]*?)(?:<\/body>|$)/i.exec(whole)?.[1] ?? whole;
}

/** The parts that a text shows inside (RFC 2392). */
export function shownCids(html: string): ReadonlySet<string> {
  return new Set([...html.matchAll(/\ssrc="cid:([^"]+)"/gi)].map((found) => decoded(found[1] ?? "")));
}

const BLOCKS = new Set("address,caption,center,dd,div,dl,dt,li,ol,table,tbody,thead,tr,ul".split(","));
/** Blocks with an empty line behind them. */
const PARAGRAPHS = new Set("p,h1,h2,h3,h4,h5,h6,pre".split(","));
const UNREAD = new Set(["head", "script", "style", "title"]);

/** Lines as they are found, each as deep as the quote that it stands in. */
class Lines {
  readonly #done: string[] = [];
  #line = "";
  #depth = 0;
  readonly #lists: { ordered: boolean; count: number }[] = [];
  /** The address of the link that is open, and where its text begins. */
  #link: { href: string; from: number } | null = null;

  text(text: string): void {
    const bare = text.replace(/[ \t\r\n]+/g, " ");
    this.#line += this.#line === "" ? bare.trimStart() : bare;
  }

  /** Ends the line that is written, or an empty one. */
  end(): void {
    const marks = ">".repeat(this.#depth);
    const bare = this.#line.replace(/\u00a0/g, " ").trimEnd();
    this.#done.push(marks === "" ? bare : bare === "" ? marks : `${marks} ${bare}`);
    this.#line = "";
  }

  /** A border of blocks: what is written becomes a line. */
  border(): void {
    if (this.#line.trim() !== "") this.end();
  }

  paragraph(): void {
    this.border();
    const last = this.#done.at(-1);
    if (last !== undefined && last.replace(/>/g, "") !== "") this.end();
  }

  quote(by: 1 | -1): void {
    this.border();
    this.#depth = Math.max(0, this.#depth + by);
  }

  list(ordered: boolean | null): void {
    this.border();
    if (ordered === null) this.#lists.pop();
    else this.#lists.push({ ordered, count: 0 });
  }

  item(): void {
    this.border();
    const list = this.#lists.at(-1);
    if (list === undefined) return;
    list.count += 1;
    this.#line = `${"  ".repeat(this.#lists.length - 1)}${list.ordered ? `${list.count}.` : "•"} `;
  }

  signature(): void {
    this.border();
    this.#done.push("-- ");
  }

  linkBegins(href: string | null): void {
    this.#link = href === null ? null : { href, from: this.#line.length };
  }

  /** Who reads plain text sees where a link goes. */
  linkEnds(): void {
    if (this.#link === null) return;
    const { href, from } = this.#link;
    const shown = this.#line.slice(from).trim();
    if (!href.endsWith(shown) || shown === "") this.#line += ` <${href}>`;
    this.#link = null;
  }

  all(): string {
    this.border();
    return this.#done
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .replace(/\s+$/, (end) => (end.startsWith(" ") ? " " : ""));
  }
}

/** The plain form of what the editor wrote (RFC 2046, 5.1.4): quotes by marks, lists by signs, links with their address. */
export function textOfRich(html: string): string {
  const out = new Lines();
  let unread: string | null = null;
  for (const token of tokens(html)) {
    if (unread !== null) {
      if (token.kind === "close" && token.name === unread) unread = null;
    } else if (token.kind === "text") {
      out.text(decoded(token.text));
    } else if (token.kind === "open" && UNREAD.has(token.name)) {
      unread = token.name;
    } else {
      tagged(out, token.name, token.tag, token.kind !== "close");
    }
  }
  return out.all();
}

function tagged(out: Lines, name: string, tag: string, opens: boolean): void {
  if (name === "br") out.end();
  else if (name === "blockquote") out.quote(opens ? 1 : -1);
  else if (name === "ul" || name === "ol") out.list(opens ? name === "ol" : null);
  else if (name === "li" && opens) out.item();
  else if (name === "td" || name === "th") out.text(opens ? "" : " ");
  else if (name === "a" && opens) out.linkBegins(attribute(tag, "href"));
  else if (name === "a") out.linkEnds();
  else if (name === "hr") out.paragraph();
  else if (name === "img") out.text(attribute(tag, "alt") ?? "");
  else if (name === "div" && opens && attribute(tag, "data-signature") !== null) out.signature();
  else if (PARAGRAPHS.has(name) && !opens) out.paragraph();
  else if (PARAGRAPHS.has(name) || BLOCKS.has(name)) out.border();
}
