/** The beginning of a blob: enough to be shown, however long it is. */
import { Failure } from "./problem";
import { refusal } from "./transport";

export interface Piece {
  readonly bytes: Uint8Array;
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
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    answer = await fetching(url, { credentials: "same-origin", redirect: "error", signal });
    const reader = answer.body?.getReader();
    while (reader !== undefined && size <= most) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      size += value.length;
    }
    if (size > most) await reader?.cancel();
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    throw new Failure({ kind: "offline" });
  }
  if (!answer.ok) throw new Failure(refusal(answer.status, answer.headers.get("Retry-After"), ""));
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
