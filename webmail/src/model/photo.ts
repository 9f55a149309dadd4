/** The photo of a card: a picture of points that the server has as a blob (RFC 9610, 3); nobody else is asked for one. */
import type { Card } from "../jmap/contacts";
import { attempt, id } from "../jmap/decode";
import type { BlobId } from "../jmap/ids";
import { entries, word } from "./card";

export type Photo = { readonly blobId: BlobId; readonly type: string };

/** Never a drawing: what it is fetched as, it is shown as. */
const POINTS: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"]);

/** `null` where there is none, or what is there is something else. */
export function photo({ fields }: Card): Photo | null {
  for (const [, entry] of entries(fields, "media")) {
    const [blobId, type] = [attempt(id<"Blob">(), entry.blobId), word(entry, "mediaType")];
    if (entry.kind === "photo" && blobId !== null && POINTS.has(type)) return { blobId, type };
  }
  return null;
}
