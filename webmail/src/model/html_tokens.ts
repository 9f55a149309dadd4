/** HTML as a stream of texts and tags: for its words, never for a browser's parser. */

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

export type Token =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "open" | "close" | "empty"; readonly name: string; readonly tag: string };

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
export function* tokens(html: string): Generator<Token> {
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
        yield { kind, name: name.toLowerCase(), tag: html.slice(at, end) };
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

/** The value of an attribute of a tag, as it was written by a browser: in double quotes. */
export function attribute(tag: string, name: string): string | null {
  const found = new RegExp(`\\s${name}="([^"]*)"`, "i").exec(tag);
  return found?.[1] === undefined ? null : decoded(found[1]);
}
