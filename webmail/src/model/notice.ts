/** What a person is told of what he did, and of the line to the server. */
import type { Problem } from "../jmap/problem";
import type { Deed } from "./acts";

/** What a person is told once, with what undoes it. */
export type Notice =
  | {
      readonly kind: "done";
      readonly what: Deed;
      readonly count: number;
      readonly undo: (() => void) | null;
    }
  | { readonly kind: "refused"; readonly problem: Problem }
  /** What was asked for lies open in another window of this browser. */
  | { readonly kind: "elsewhere" };

/** How the line to the server is. */
export type Line = { readonly kind: "open" } | { readonly kind: "broken"; readonly cause: Problem };
