/** What a page asks first, answered with the session object before it asks (docs/jmap.md, "The start of a page"). The questions stand
 * in `install/start.json`; where the page asks something else, it asks the server. */
import { Answers, type Batch } from "./batch";
import { answer, anything, type Decoded, list, object } from "./decode";

/** Where a page begins. */
export const START = "/jmap/start";

const shape = object({
  session: anything,
  answers: list(object({ request: object({ methodCalls: list(answer) }), response: anything })),
});
type Answered = Decoded<typeof shape>["answers"][number];

/** JSON with the properties of each object in order. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

export class Start {
  readonly session: unknown;
  #left: readonly Answered[];

  constructor(told: unknown) {
    const { session, answers } = shape(told, "start");
    this.session = session;
    this.#left = answers;
  }

  /** The answers to these calls, once; `null` where they are not all there. */
  take(batch: Batch): Answers | null {
    const found = this.#left.find(({ request }) => {
      const asked = new Set(request.methodCalls.map(ordered));
      return batch.calls.every((call) => asked.has(ordered(call)));
    });
    if (found === undefined) return null;
    this.#left = this.#left.filter((one) => one !== found);
    return new Answers(found.response);
  }
}
