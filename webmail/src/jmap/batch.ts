/** Method calls of one request, and their answers; a later call may refer to what an earlier one gives (RFC 8620, 3). */
import { absent, answer, anything, attempt, type Decoder, fields, list, map, object, state, text } from "./decode";
import type { State } from "./ids";
import { Failure, type Problem } from "./problem";
import { CORE } from "./session";

/** A method call: what is asked, and how its answer is read. */
export interface Call<T> {
  readonly method: string;
  readonly using: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly decode: Decoder<T>;
}

/** A call's place in a batch, to read its answer by. */
export interface Asked<T> {
  readonly tag: string;
  readonly call: Call<T>;
}

/** The result of an earlier call, as an argument whose name begins with `#` (RFC 8620, 3.7). */
export function resultOf(asked: Asked<unknown>, path: string): Readonly<Record<string, string>> {
  return { resultOf: asked.tag, name: asked.call.method, path };
}

export class Batch {
  readonly #calls: Asked<unknown>[] = [];

  add<T>(call: Call<T>): Asked<T> {
    const asked = { tag: `c${this.#calls.length}`, call };
    this.#calls.push(asked);
    return asked;
  }

  get size(): number {
    return this.#calls.length;
  }

  get calls(): readonly (readonly [string, unknown, string])[] {
    return this.#calls.map(({ tag, call }) => [call.method, call.arguments, tag]);
  }

  /** The request object (RFC 8620, 3.3). */
  request(): unknown {
    const using = [...new Set([CORE, ...this.#calls.map(({ call }) => call.using)])];
    return { using, methodCalls: this.calls };
  }
}

const response = object({
  methodResponses: list(answer),
  sessionState: state,
  createdIds: absent(map(text), new Map<string, string>()),
});
const error = object({ type: text, description: anything });

/** The answers of a batch. */
export class Answers {
  readonly sessionState: State;
  readonly #responses: readonly (readonly [string, unknown, string])[];

  constructor(value: unknown) {
    const read = response(value, "response");
    this.sessionState = read.sessionState;
    this.#responses = read.methodResponses;
  }

  /** What a call gave; throws a `Failure` where it was refused. */
  of<T>({ tag, call }: Asked<T>): T {
    const told = this.#responses.find(([name, , by]) => by === tag && (name === call.method || name === "error"));
    if (told === undefined) throw new Failure({ kind: "malformed", where: `response/${call.method}` });
    const [name, value] = told;
    if (name === "error") throw new Failure(refused(call.method, value));
    return call.decode(value, call.method);
  }
}

function refused(method: string, value: unknown): Problem {
  const told = attempt(error, value);
  const detail = typeof told?.description === "string" ? told.description : "";
  const problem = { kind: "refused-method", method, type: told?.type ?? "unknown", detail } as const;
  const { type: _, description: __, ...more } = attempt(fields, value) ?? {};
  return Object.keys(more).length === 0 ? problem : { ...problem, more };
}
