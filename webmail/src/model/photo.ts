/** The photo of a card: only one that lies in the card itself, as a `data:` URI of a picture of points (RFC 9553, 2.6.4). */
import type { Card } from "../jmap/contacts";
import { entries, word } from "./card";

/** More than a photo of a person needs, in characters of base64. */
const LONGEST = 4_000_000;
const DATA = /^data:(image\/(?:png|jpeg|gif|webp))(?:;[^,;]+)*;base64,([A-Za-z0-9+/=\s]*)$/;

/** Its bytes; `null` where there is none, or what is there is something else. */
export function photo({ fields }: Card): Blob | null {
  for (const [, entry] of entries(fields, "media")) {
    if (entry.kind !== "photo") continue;
    const uri = word(entry, "uri");
    const found = uri.length > LONGEST ? null : DATA.exec(uri);
    const bytes = found === null ? null : decoded(found[2] ?? "");
    if (bytes !== null) return new Blob([bytes], { type: found?.[1] ?? "" });
  }
  return null;
}

function decoded(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}
