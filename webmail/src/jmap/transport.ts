/** HTTP as the client needs it, and what its statuses mean. Behind an interface, so that tests script the server. */
import { anything, attempt, json, object, text } from "./decode";
import { Failure, type Problem } from "./problem";

/** One question by HTTP. */
export interface Question {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** What answers questions: the browser, or a test. */
export interface Transport {
  /** The JSON of the answer; `null` where it has none. Throws a `Failure` for every other end. */
  ask(question: Question): Promise<unknown>;
}

/** Questions by `fetch`, with the cookie of the login and nothing for other sites. */
export function browser(fetching: typeof fetch = (input, init) => fetch(input, init)): Transport {
  return {
    async ask({ method, url, body, signal }) {
      const headers: Record<string, string> = { Accept: "application/json" };
      if (body !== undefined) headers["Content-Type"] = "application/json";
      let answer: Response;
      let told: string;
      try {
        answer = await fetching(url, {
          method,
          headers,
          credentials: "same-origin",
          cache: "no-store",
          redirect: "error",
          body: body === undefined ? null : JSON.stringify(body),
          signal: signal ?? null,
        });
        told = await answer.text();
      } catch (thrown) {
        if (signal?.aborted === true) throw thrown;
        throw new Failure({ kind: "offline" });
      }
      if (!answer.ok) throw new Failure(refusal(answer.status, answer.headers.get("Retry-After"), told));
      return told === "" ? null : json(told);
    },
  };
}

/** RFC 7807, as RFC 8620, 3.6.1 uses it. */
const details = object({ type: text, detail: anything, limit: anything });

/** What an answer that is no success says. */
export function refusal(status: number, retryAfter: string | null, body: string): Problem {
  switch (status) {
    case 401:
      return { kind: "signed-out" };
    case 403:
      return { kind: "forbidden" };
    case 413:
      return { kind: "too-large", limit: null };
    case 429:
      return { kind: "slow-down", seconds: seconds(retryAfter) };
    default:
      break;
  }
  const told = attempt(details, json(body));
  if (status < 500 && told !== null) {
    return { kind: "refused-request", type: told.type, detail: typeof told.detail === "string" ? told.detail : "" };
  }
  return { kind: "server", status };
}

/** Retry-After in seconds (RFC 9110, 10.2.3); a date there is taken as not said. */
function seconds(field: string | null): number | null {
  return field !== null && /^\d{1,6}$/.test(field) ? Number(field) : null;
}
