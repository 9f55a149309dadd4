/** What a message holds, for who reads or quotes it: its words, its layout, its files. */
import type { Message, Part } from "../jmap/mail";
import { textOfHtml } from "./html_text";

/** A message's text, and what a reader must be told about it. */
export interface Body {
  readonly text: string;
  /** Only the words of an HTML text are shown. */
  readonly fromHtml: boolean;
  /** The text goes on; the whole of it is in the message's source. */
  readonly truncated: boolean;
  /** Some characters could not be read. */
  readonly damaged: boolean;
}

/** The text parts one after another, as `textBody` has them (RFC 8621, 4.1.4). */
export function body(message: Message): Body {
  const values = message.textBody.flatMap((part) => {
    const value = part.partId === null ? undefined : message.bodyValues.get(part.partId);
    return value === undefined ? [] : [{ ...value, html: part.type.toLowerCase() === "text/html" }];
  });
  return {
    text: values.map(({ value, html }) => (html ? textOfHtml(value) : value)).join("\n\n"),
    fromHtml: values.some(({ html }) => html),
    truncated: values.some(({ isTruncated }) => isTruncated),
    damaged: values.some(({ isEncodingProblem }) => isEncodingProblem),
  };
}

/** The formatted text, where the whole message was asked for and there is one. */
export function htmlOf(message: Message): string | null {
  const values = message.htmlBody.flatMap(({ partId, type }) =>
    partId !== null && type.toLowerCase() === "text/html" ? (message.bodyValues.get(partId)?.value ?? []) : [],
  );
  return values.length === 0 ? null : values.join("\n");
}

/** A piece of a message with its layout: a document of its own, or words between such documents. */
export type Formatted =
  | { readonly kind: "html"; readonly partId: string }
  | { readonly kind: "text"; readonly partId: string; readonly text: string };

/** More documents than this no message has for a reader. */
const MOST_PIECES = 20;

/** The pieces of a message with its layout, as `htmlBody` has them; none where it has no layout. */
export function formatted(message: Message): readonly Formatted[] {
  const isHtml = ({ type }: Part) => type.toLowerCase() === "text/html";
  if (!message.htmlBody.some(isHtml)) return [];
  return message.htmlBody.slice(0, MOST_PIECES).flatMap((part): readonly Formatted[] => {
    const { partId } = part;
    if (partId === null) return [];
    if (isHtml(part)) return [{ kind: "html", partId }];
    const value = message.bodyValues.get(partId);
    return value === undefined ? [] : [{ kind: "text", partId, text: value.value }];
  });
}

/** Whether an image stands in the layout of its message, and is no file that somebody sent. */
function isPlaced({ cid, type, disposition }: Part): boolean {
  return cid !== null && type.startsWith("image/") && disposition !== "attachment";
}

/** What can be saved: the attachments, and parts of the body that are no text. With the layout, its images are in it. */
export function attachments(message: Message, withLayout: boolean): readonly Part[] {
  const shown = new Set(message.textBody.filter(({ type }) => type.startsWith("text/")).map(({ blobId }) => blobId));
  const all = [...message.attachments, ...message.textBody.filter(({ type }) => !type.startsWith("text/"))];
  const seen = new Set<string>();
  return all.filter((part) => {
    const { blobId } = part;
    if (withLayout && isPlaced(part)) return false;
    if (blobId === null || shown.has(blobId) || seen.has(blobId)) return false;
    seen.add(blobId);
    return true;
  });
}

/** The part of a message that is an invitation, or what became of one (RFC 6047, 2.4). */
export function calendarPart({ attachments: all, textBody }: Message): Part | null {
  const isCalendar = ({ type, blobId }: Part) => blobId !== null && type.toLowerCase() === "text/calendar";
  return [...all, ...textBody].find(isCalendar) ?? null;
}
