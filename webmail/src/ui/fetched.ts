/** Scripts that are fetched when they are first needed. */
import { Failure } from "../jmap/problem";

/** A script that cannot be fetched is a network that is not there. */
export const fetched = <T>(script: Promise<T>): Promise<T> =>
  script.catch(() => Promise.reject(new Failure({ kind: "offline" })));
