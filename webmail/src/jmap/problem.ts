/** What can go wrong between here and the server, as types: each asks for another act of the person or of the program. */

export type Problem =
  /** No answer came: no network, or nobody listens. */
  | { readonly kind: "offline" }
  /** The server does not know who asks (any more). */
  | { readonly kind: "signed-out" }
  /** Who asks must not do this. */
  | { readonly kind: "forbidden" }
  /** Too many requests or tries; in seconds, where the server said so. */
  | { readonly kind: "slow-down"; readonly seconds: number | null }
  /** What was sent is larger than the server takes, in bytes where it said so. */
  | { readonly kind: "too-large"; readonly limit: number | null }
  /** The request as a whole was refused (RFC 8620, 3.6.1). */
  | { readonly kind: "refused-request"; readonly type: string; readonly detail: string }
  /** One method was refused (RFC 8620, 3.6.2). */
  | {
      readonly kind: "refused-method";
      readonly method: string;
      readonly type: string;
      readonly detail: string;
      /** What the error says beside. */
      readonly more?: Readonly<Record<string, unknown>>;
    }
  /** One record of a `set` was refused (RFC 8620, 5.3). */
  | {
      readonly kind: "refused-record";
      readonly type: string;
      readonly detail: string;
      readonly properties: readonly string[];
    }
  /** The server failed. */
  | { readonly kind: "server"; readonly status: number }
  /** The answer is not what the protocol says; `where` is a path into it. */
  | { readonly kind: "malformed"; readonly where: string };

/** A problem on its way up. */
export class Failure extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.kind);
    this.name = "Failure";
    this.problem = problem;
  }
}

/** The problem in what was thrown; what is no `Failure` is a fault of the program and goes on up. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Failure) return thrown.problem;
  throw thrown;
}

/** Whether the same request may succeed later without anybody's doing. */
export function passes(problem: Problem): boolean {
  switch (problem.kind) {
    case "offline":
    case "slow-down":
    case "server":
      return true;
    case "refused-method":
      // RFC 8620, 3.6.2: "serverUnavailable" asks to try again later
      return problem.type === "serverUnavailable";
    case "signed-out":
    case "forbidden":
    case "too-large":
    case "refused-request":
    case "refused-record":
    case "malformed":
      return false;
  }
}
