/** How much an account uses, and how much it may use (RFC 9425). */
import { count, id, text } from "./decode";
import { record } from "./mail";
import { QUOTA } from "./session";

/** RFC 9425, 4. */
export const QUOTA_RECORD = record("Quota", QUOTA, {
  id: id<"Quota">(),
  resourceType: text,
  used: count,
  hardLimit: count,
});
