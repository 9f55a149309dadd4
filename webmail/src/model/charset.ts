/** Bytes of a text as letters. */

/** The letters of bytes in a charset of that name; of one that nobody knows, UTF-8 where it is that, else Latin letters. */
export function lettersOf(bytes: Uint8Array, charset: string | null, isCut: boolean): string {
  const label = charset?.trim().toLowerCase() ?? "us-ascii";
  // a letter that was cut in two is left out; a text that says nothing may be anything that ASCII is a part of
  const read = (name: string, fatal: boolean) => new TextDecoder(name, { fatal }).decode(bytes, { stream: isCut });
  try {
    if (label !== "us-ascii" && label !== "utf-8") return read(label, false);
  } catch {
    // no such charset
  }
  try {
    return read("utf-8", true);
  } catch {
    return read("windows-1252", false);
  }
}
