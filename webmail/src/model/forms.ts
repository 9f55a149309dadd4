/** A message changes from plain to formatted and back. */
import { QUOTE } from "./answers";
import type { Composition, Form } from "./composition";
import { textOfHtml } from "./html_text";
import { htmlOfText, textOfRich } from "./rich";

/** Without a quote that waits for the editor: its words stand in its place. */
export function settled(of: Composition): Composition {
  if (of.html === null || of.quote === null) return of;
  const html = of.html.replace(QUOTE, () => htmlOfText(textOfHtml(of.quote ?? "")));
  return { ...of, html, quote: null, text: textOfRich(html) };
}

/** Whether the text has more than lines, quotes and a signature: what plain text cannot say. */
export function isFormatted({ html }: Composition): boolean {
  return html !== null && /<(?!\/?(?:div|br|blockquote)\b)/i.test(html);
}

export function inForm(of: Composition, form: Form): Partial<Composition> {
  if (form === "rich") return of.html === null ? { html: htmlOfText(of.text), quote: null } : {};
  return { text: settled(of).text, html: null, quote: null };
}
