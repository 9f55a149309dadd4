/** The beginning of a blob: enough to be shown, however long it is. */
import { Failure } from "./problem";
import { refusal } from "./transport";

export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether it goes on. */
  readonly isCut: boolean;
}

/** At most `most` octets of what is downloaded from there; what comes behind is not fetched. */
export async function firstBytes(
  url: string,
  most: number,
  signal: AbortSignal,
  fetching: typeof fetch = (input, init) => fetch(input, init),
): Promise<Piece> {
  let answer: Response;
  let piece: Piece;
  try {
    answer = await fetching(url, { credentials: "same-origin", redirect: "error", signal });
    piece = await beginning(answer, most);
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new Failure({ kind: "offline" });
  }
  if (!answer.ok) throw new Failure(refusal(answer.status, answer.headers.get("Retry-After"), ""));
  return piece;
}

/** At most `most` octets of an answer. */
export async function beginning({ body }: Response, most: number): Promise<Piece> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body?.getReader();
  while (reader !== undefined && size <= most) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    size += value.length;
  }
  // where somebody else reads it too, this resolves when he has ended
  if (size > most) reader?.cancel().catch(() => {});
  const bytes = new Uint8Array(Math.min(size, most));
  let at = 0;
  for (const chunk of chunks) {
    const part = chunk.subarray(0, bytes.length - at);
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, isCut: size > most };
}

/** Whether something can be had there, without having it; `false` where the server says that it is nothing of the kind. */
export async function isThere(
  url: string,
  signal: AbortSignal,
  fetching: typeof fetch = (input, init) => fetch(input, init),
): Promise<boolean> {
  let answer: Response;
  try {
    answer = await fetching(url, { method: "HEAD", credentials: "same-origin", redirect: "error", signal });
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new Failure({ kind: "offline" });
  }
  if (answer.ok) return true;
  // RFC 9110, 15.5.16: it is another type
  if (answer.status === 415) return false;
  throw new Failure(refusal(answer.status, answer.headers.get("Retry-After"), ""));
}
