/**
 * A message on paper: a document of its own in a frame that nobody sees, so that all of it is printed, over as many pages as it
 * takes, and nothing of the page around it.
 */

import { Failure } from "../jmap/problem";
import { pageIn } from "./html_page";

export type PrintedPiece =
  /** A document of the server's, cleaned, that may be printed. */
  { readonly kind: "page"; readonly url: string } | { readonly kind: "text"; readonly text: string };

export interface Printed {
  readonly language: string;
  readonly title: string;
  /** From whom, to whom, when. */
  readonly fields: readonly (readonly [string, string])[];
  readonly pieces: readonly PrintedPiece[];
  readonly files: { readonly title: string; readonly names: readonly string[] };
}

/** Black on white, whatever colours the screen has. */
const STYLE = `
  :root { color-scheme: only light; background: #fff; color: #000 }
  body { margin: 0; font: 11pt/1.45 system-ui, sans-serif; overflow-wrap: anywhere }
  pre.words { white-space: pre-wrap; unicode-bidi: plaintext; font: inherit; margin: 0 }
`;
/** What is said about the message, where no style of the message reaches: inside, `!important` is said last (CSS Scoping 1, 3.3). */
const ABOUT = `
  :host { all: initial !important; display: block !important; font: 11pt/1.45 system-ui, sans-serif !important;
    border-block: 1px solid #888 !important; margin-block: 0 1em !important; padding-block: .5em !important;
    overflow-wrap: anywhere !important }
  h1 { font-size: 16pt; margin: 0 0 .3em }
  p { margin: 0 }
`;

/** The frame of what was printed last; a browser may read it until the next one. */
let last: HTMLIFrameElement | null = null;

function line(page: Document, of: string, as: "p" | "h1" = "p"): HTMLElement {
  const made = page.createElement(as);
  made.dir = "auto";
  made.textContent = of;
  return made;
}

/** Lines about the message, set apart from it. */
function about(page: Document, sheet: CSSStyleSheet, lines: readonly HTMLElement[]): HTMLElement {
  const host = page.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  root.append(...lines);
  return host;
}

function words(page: Document, text: string): HTMLElement {
  const made = page.createElement("pre");
  made.className = "words";
  made.dir = "auto";
  made.textContent = text;
  return made;
}

/** A frame that has loaded, with all its images. */
function loaded(url: string | null): Promise<HTMLIFrameElement> {
  return new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.className = "unseen printed";
    frame.inert = true;
    // it runs nothing; printing counts as a dialog
    frame.setAttribute("sandbox", "allow-same-origin allow-modals");
    frame.addEventListener("load", () => resolve(frame), { once: true });
    if (url !== null) frame.src = url;
    document.body.append(frame);
  });
}

/** A document that the server has cleaned. */
async function cleaned(url: string): Promise<HTMLIFrameElement> {
  const frame = await loaded(url);
  if (pageIn(frame) !== null) return frame;
  frame.remove();
  throw new Failure({ kind: "malformed", where: url });
}

/** Where a message is put together: the document of its first piece with a layout, else an empty one. */
function base({ pieces }: Printed): Promise<HTMLIFrameElement> {
  const first = pieces.find((piece) => piece.kind === "page");
  return first?.kind === "page" ? cleaned(first.url) : loaded(null);
}

/** What is in the other documents, brought over as it was cleaned. */
async function further(page: Document, url: string): Promise<readonly Node[]> {
  const frame = await cleaned(url);
  const found = Array.from(pageIn(frame)?.body.childNodes ?? []);
  const copies = found.map((node) => page.importNode(node, true));
  frame.remove();
  return copies;
}

/** Prints it. */
export async function print(printed: Printed): Promise<void> {
  last?.remove();
  const frame = await base(printed);
  last = frame;
  const { contentDocument: page } = frame;
  const view = page?.defaultView;
  if (page === null || view == null) return;
  const sheet = (text: string) => {
    const made = new view.CSSStyleSheet();
    made.replaceSync(text);
    return made;
  };
  const { title, fields, files } = printed;
  page.adoptedStyleSheets = [...page.adoptedStyleSheets, sheet(STYLE)];
  page.documentElement.lang = printed.language;
  page.title = title;
  const own = Array.from(page.body.childNodes);
  const head = fields.map(([name, value]) => line(page, `${name}: ${value}`));
  page.body.replaceChildren(about(page, sheet(ABOUT), [line(page, title, "h1"), ...head]));
  for (const piece of printed.pieces) {
    if (piece.kind === "text") page.body.append(words(page, piece.text));
    else if (own.length > 0) page.body.append(...own.splice(0));
    else page.body.append(...(await further(page, piece.url)));
  }
  const names = [files.title, ...files.names].map((name) => line(page, name));
  if (files.names.length > 0) page.body.append(about(page, sheet(ABOUT), names));
  view.print();
}
