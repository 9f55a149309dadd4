/** Blobs: uploads with progress, and the addresses of downloads (RFC 8620, 6). */
import { count, type Decoded, id, json, object, text } from "./decode";
import type { AccountId, BlobId, EmailId } from "./ids";
import { Failure } from "./problem";
import { expand, type Session } from "./session";
import { refusal } from "./transport";

const uploaded = object({ blobId: id<"Blob">(), type: text, size: count });
export type Uploaded = Decoded<typeof uploaded>;

/** What sends a file: the browser, or a test. Gives status, Retry-After and body; rejects where no answer came. */
export type Sending = (
  url: string,
  file: Blob,
  progress: (sent: number) => void,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly retryAfter: string | null; readonly body: string }>;

/** `fetch` tells nothing of how much was sent; XMLHttpRequest does. */
export const byXhr: Sending = (url, file, progress, signal) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.setRequestHeader("Content-Type", file.type === "" ? "application/octet-stream" : file.type);
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () =>
      resolve({
        status: request.status,
        retryAfter: request.getResponseHeader("Retry-After"),
        body: request.responseText,
      }),
    );
    request.addEventListener("error", () => reject(new Failure({ kind: "offline" })));
    request.addEventListener("abort", () => reject(signal.reason));
    signal.addEventListener("abort", () => request.abort());
    if (signal.aborted) reject(signal.reason);
    else request.send(file);
  });

/** Uploads a file; what is larger than the server takes is refused before a byte is sent. */
export async function upload(
  session: Session,
  accountId: AccountId,
  file: Blob,
  progress: (sent: number) => void,
  signal: AbortSignal,
  sending: Sending = byXhr,
): Promise<Uploaded> {
  const limit = session.limits.maxSizeUpload;
  if (file.size > limit) throw new Failure({ kind: "too-large", limit });
  const answer = await sending(expand(session.uploadUrl, { accountId }), file, progress, signal);
  if (answer.status < 200 || answer.status > 299) {
    throw new Failure(refusal(answer.status, answer.retryAfter, answer.body));
  }
  return uploaded(json(answer.body), "upload");
}

/** Where the HTML of a message is, as a document that the server has cleaned; with the images of the web or without. */
export function htmlUrl(accountId: AccountId, emailId: EmailId, partId: string, images: boolean): string {
  const path = [accountId, emailId, partId].map(encodeURIComponent).join("/");
  return `/jmap/html/${path}${images ? "?remote=1" : ""}`;
}

/** The same document for a frame that is printed. */
export function printable(url: string): string {
  return `${url}${url.includes("?") ? "&" : "?"}print=1`;
}

/** Where parts of a message are, as one zip file (docs/jmap.md). */
export function partsUrl(accountId: AccountId, emailId: EmailId, partIds: readonly string[], name: string): string {
  // a comma is itself in a path (RFC 3986, 3.3)
  const path = [accountId, emailId, ...partIds].map(encodeURIComponent);
  return `/jmap/parts/${path.slice(0, 2).join("/")}/${path.slice(2).join(",")}/${encodeURIComponent(name)}`;
}

/** Where a PDF is for the browser's viewer; the server gives none that does not begin as one. */
export function pdfUrl(accountId: AccountId, blobId: BlobId, name: string): string {
  return `/jmap/pdf/${[accountId, blobId, name].map(encodeURIComponent).join("/")}`;
}

/** Where a blob is fetched, under a name and as a type (RFC 8620, 6.2). */
export function downloadUrl(
  session: Session,
  accountId: AccountId,
  blob: { readonly blobId: BlobId; readonly name: string; readonly type: string },
): string {
  return expand(session.downloadUrl, { accountId, ...blob });
}
