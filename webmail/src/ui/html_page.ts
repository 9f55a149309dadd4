/** What is done with the document of a message when its frame has it: the server cleaned it, and no script of its own runs. */
import { type Deception, deception, target } from "../model/links";

/** As high as a frame becomes; what is higher is scrolled within it. */
const HIGHEST = 30_000;
/** Links that are looked at in one go; then the browser has its turn. There are no more than the server lets elements be. */
const TOGETHER = 500;
/** What may stand behind a quote that ends a message. */
const AFTER_QUOTE = 200;

/** The document in a frame, where it is one that the server cleaned. */
export function pageIn(frame: HTMLIFrameElement): Document | null {
  // an answer of another kind is no page of ours, and of another origin
  const page = frame.contentDocument;
  return page?.documentElement.hasAttribute("data-message") === true ? page : null;
}

/** How many images of the web it has, shown or not. */
export function remoteImages(page: Document): number {
  return Number(page.documentElement.getAttribute("data-remote") ?? "0");
}

/** How high the frame must be to show all of it. */
export function heightOf(page: Document): number {
  const { body, documentElement: root } = page;
  const scrollbar = root.scrollWidth > root.clientWidth ? 20 : 0;
  return Math.min(HIGHEST, Math.ceil(Math.max(body.scrollHeight, body.getBoundingClientRect().height)) + scrollbar);
}

/** Whether it is an element: one of a frame is of the frame's own class. */
function isElement(at: EventTarget | null): at is Element {
  return at !== null && "closest" in at;
}

/** The link that an event is about. */
function linkAt({ target: at }: Event): HTMLAnchorElement | null {
  return isElement(at) ? at.closest<HTMLAnchorElement>("a[href]") : null;
}

/** Links tell where they lead, letters open the composer. */
export function watchLinks(
  page: Document,
  onmail: ((address: string) => void) | null,
  onpoint: (where: string | null) => void,
): void {
  const point = (event: Event) => {
    const link = linkAt(event);
    onpoint(link === null ? null : target(link.href));
  };
  for (const begins of ["pointerover", "focusin"]) page.addEventListener(begins, point);
  for (const ends of ["pointerleave", "focusout"]) page.documentElement.addEventListener(ends, () => onpoint(null));
  page.addEventListener("click", (event) => {
    const link = linkAt(event);
    const where = link?.protocol === "mailto:" ? target(link.href) : null;
    if (onmail === null || where === null) return;
    event.preventDefault();
    onmail(where);
  });
}

/** Looks at all links, however many stand before one: gives those that say something else, the first ones at once. */
export function lookAtLinks(page: Document, onfound: (found: readonly Deception[]) => void): void {
  const links = Array.from(page.links);
  const look = (from: number) => {
    // the frame may have gone meanwhile
    if (page.defaultView === null) return;
    const found: Deception[] = [];
    for (const link of links.slice(from, from + TOGETHER)) {
      if (target(link.href) !== null) link.title = link.href;
      const deceives = deception(link.textContent ?? "", link.href);
      if (deceives !== null) found.push(deceives);
    }
    if (found.length > 0) onfound(found);
    if (from + TOGETHER < links.length) setTimeout(() => look(from + TOGETHER));
  };
  look(0);
}

/** The quote with which a message ends, if it ends with one. */
function quoteAtEnd(page: Document): Element | null {
  const quote = Array.from(page.body.querySelectorAll("blockquote"))
    .filter((one) => one.parentElement?.closest("blockquote") === null)
    .at(-1);
  const text = (page.body.textContent ?? "").trim();
  const quoted = (quote?.textContent ?? "").trim();
  const at = text.lastIndexOf(quoted);
  return quote === undefined || quoted === "" || at < 0 || text.length - at - quoted.length > AFTER_QUOTE
    ? null
    : quote;
}

/** Fields that the head of a quote has in bold, in Outlook's way: who, when, to whom, what about; and a few more. */
const FEWEST_FIELDS = 3;
const MOST_FIELDS = 8;
const FIELD = /^[^:]{1,24}:$/;
/** Places where such a head may be. */
const PLACES = 50;

function isHead(block: Element): boolean {
  const bold = block.querySelectorAll("b, strong");
  if (bold.length < FEWEST_FIELDS || bold.length > MOST_FIELDS) return false;
  const fields = Array.from(bold, (one) => (one.textContent ?? "").trim()).filter((words) => FIELD.test(words));
  return fields.length >= FEWEST_FIELDS && (block.textContent ?? "").trim().startsWith(fields[0] ?? "");
}

/** Where what Outlook quotes begins: a line across the page, and under it the head. The names by which it knows them are not kept. */
function outlooksLine(page: Document): Element | null {
  const below = Array.from(page.body.querySelectorAll("hr + div")).slice(0, PLACES).find(isHead);
  if (below !== undefined) return below.previousElementSibling;
  const lined = Array.from(page.body.querySelectorAll<HTMLElement>("div[style*='border-top']")).slice(0, PLACES);
  return lined.find((one) => one.style.borderTopStyle === "solid" && isHead(one)) ?? null;
}

/** How the subject of an answer begins. What passes a message on quotes in the same way, and there that is what is read. */
const ANSWER = /^(?:re|antw|betr|aw|sv)(?:\[\d+\])?:/i;

/** Folds what is quoted at the end of a message. */
export function foldQuote(page: Document, words: string, subject: string): void {
  const quote = quoteAtEnd(page);
  const from = quote ?? (ANSWER.test(subject) ? outlooksLine(page) : null);
  if (from === null) return;
  const [own, quoted] = [page.createRange(), page.createRange()];
  own.selectNodeContents(page.body);
  own.setEndBefore(from);
  if (own.toString().trim() === "") return;
  quoted.selectNodeContents(page.body);
  quoted.setStartBefore(from);
  if (quote !== null) quoted.setEndAfter(quote);
  const details = page.createElement("details");
  const summary = page.createElement("summary");
  summary.textContent = words;
  const inside = quoted.extractContents();
  quoted.insertNode(details);
  details.append(summary, inside);
}

/** Keys that nobody types into the page do what they do outside it: as if they were pressed on its frame. */
export function passKeys(page: Document, frame: HTMLIFrameElement): void {
  page.addEventListener("keydown", (event) => {
    const { key, code, ctrlKey, shiftKey, altKey, metaKey } = event;
    const pressed = { key, code, ctrlKey, shiftKey, altKey, metaKey, bubbles: true, cancelable: true };
    if (!frame.dispatchEvent(new KeyboardEvent("keydown", pressed))) event.preventDefault();
  });
}
