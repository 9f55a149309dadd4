/** What is done with the document of a message when its frame has it: the server cleaned it, and no script of its own runs. */
import { type Deception, deception, target } from "../model/links";

/** As high as a frame becomes; what is higher is scrolled within it. */
const HIGHEST = 30_000;
/** Links that are looked at. */
const MOST_LINKS = 2_000;
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

/** Links tell where they lead, letters open the composer; gives those that say something else. */
export function watchLinks(
  page: Document,
  onmail: ((address: string) => void) | null,
  onpoint: (where: string | null) => void,
): readonly Deception[] {
  const found: Deception[] = [];
  for (const link of Array.from(page.links).slice(0, MOST_LINKS)) {
    const where = target(link.href);
    if (where === null) continue;
    link.title = link.href;
    for (const begins of ["pointerenter", "focus"]) link.addEventListener(begins, () => onpoint(where));
    for (const ends of ["pointerleave", "blur"]) link.addEventListener(ends, () => onpoint(null));
    if (onmail !== null && link.protocol === "mailto:") {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        onmail(where);
      });
    }
    const deceives = deception(link.textContent ?? "", link.href);
    if (deceives !== null) found.push(deceives);
  }
  return found;
}

/** Folds the quote with which a message ends. */
export function foldQuote(page: Document, words: string): void {
  const quote = Array.from(page.body.querySelectorAll("blockquote"))
    .filter((one) => one.parentElement?.closest("blockquote") === null)
    .at(-1);
  if (quote === undefined) return;
  const text = (page.body.textContent ?? "").trim();
  const quoted = (quote.textContent ?? "").trim();
  const at = text.lastIndexOf(quoted);
  const before = text.slice(0, at).trim();
  if (quoted === "" || at < 0 || before === "" || text.length - at - quoted.length > AFTER_QUOTE) return;
  const details = page.createElement("details");
  const summary = page.createElement("summary");
  summary.textContent = words;
  quote.replaceWith(details);
  details.append(summary, quote);
}

/** Keys that nobody types into the page do what they do outside it: as if they were pressed on its frame. */
export function passKeys(page: Document, frame: HTMLIFrameElement): void {
  page.addEventListener("keydown", (event) => {
    const { key, code, ctrlKey, shiftKey, altKey, metaKey } = event;
    const pressed = { key, code, ctrlKey, shiftKey, altKey, metaKey, bubbles: true, cancelable: true };
    if (!frame.dispatchEvent(new KeyboardEvent("keydown", pressed))) event.preventDefault();
  });
}
