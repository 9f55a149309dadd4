/** What of an attachment is shown here: pictures, documents that the browser has a viewer for, and texts. All else is only saved. */
import type { Part } from "../jmap/mail";
import { withoutHidden } from "./hidden_signs";

export type Preview =
  /** Drawn by the browser as this type, never as a document. */
  { readonly kind: "picture"; readonly type: string } | { readonly kind: "pdf" } | { readonly kind: "text" };

/** Pictures of dots: what is drawn of lines (SVG) is a document that could do things. */
const PICTURES: ReadonlyMap<string, string> = new Map([
  ["image/png", "image/png"],
  ["image/jpeg", "image/jpeg"],
  ["image/jpg", "image/jpeg"],
  ["image/pjpeg", "image/jpeg"],
  ["image/gif", "image/gif"],
  ["image/webp", "image/webp"],
  ["image/avif", "image/avif"],
  ["image/bmp", "image/bmp"],
]);
const TEXTS =
  /^(?:text\/(?!html$|rtf$)[\w.+-]+|application\/(?:json|xml|x-yaml|yaml|toml|x-sh|sql)|message\/delivery-status)$/;
/** What names say where nothing else does. */
const ENDINGS: ReadonlyMap<string, Preview> = new Map([
  ["png", { kind: "picture", type: "image/png" }],
  ["jpg", { kind: "picture", type: "image/jpeg" }],
  ["jpeg", { kind: "picture", type: "image/jpeg" }],
  ["gif", { kind: "picture", type: "image/gif" }],
  ["webp", { kind: "picture", type: "image/webp" }],
  ["pdf", { kind: "pdf" }],
  ["txt", { kind: "text" }],
  ["csv", { kind: "text" }],
  ["md", { kind: "text" }],
]);

/** How a part is shown; `null` for what is only saved. */
export function preview({ type, name, blobId }: Part): Preview | null {
  if (blobId === null) return null;
  const told = type.toLowerCase();
  const picture = PICTURES.get(told);
  if (picture !== undefined) return { kind: "picture", type: picture };
  if (told === "application/pdf" || told === "application/x-pdf") return { kind: "pdf" };
  if (TEXTS.test(told)) return { kind: "text" };
  if (told !== "application/octet-stream") return null;
  return ENDINGS.get(/\.([a-z]{2,4})$/.exec(name?.toLowerCase() ?? "")?.[1] ?? "") ?? null;
}

/** The name of a file as it is shown and saved. */
export function fileName({ name }: Part, unnamed: string): string {
  const bare = withoutHidden(name ?? "").trim();
  // a name of dots only would be a step of the address at which it is had
  return /^\.*$/.test(bare) ? unnamed : bare;
}

/** Octets of a picture that is fetched to be shown small. */
const SMALL = 256 * 1024;
/** Pictures that are shown small beside one another. */
export const MOST_SMALL = 12;

/** Whether a part is a picture that costs little to show small. */
export function isSmallPicture(part: Part): boolean {
  return part.size <= SMALL && preview(part)?.kind === "picture";
}
