/** What is pasted or dropped. */

/**
 * The files in it. A spreadsheet gives a picture of its cells beside their text, as words and as HTML: the text is
 * meant. A picture of a page comes with HTML too, but without words.
 */
export function filesIn(from: Pick<DataTransfer, "types" | "files"> | null): readonly File[] {
  if (from === null || ["text/html", "text/plain"].every((type) => from.types.includes(type))) return [];
  return [...from.files];
}
