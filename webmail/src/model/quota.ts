/** How full the mailbox is, and when somebody should hear of it. */
import type { Client } from "../jmap/client";
import { get } from "../jmap/methods";
import { QUOTA_RECORD } from "../jmap/quota";

/** From here on a person is told; and from there that it is urgent. */
const MUCH = 80;
const NEARLY_ALL = 95;

export type Fullness = "room" | "much" | "nearly-full" | "full";

export interface Use {
  /** What is counted: bytes, or messages. */
  readonly what: "octets" | "count";
  readonly used: number;
  readonly limit: number;
  readonly percent: number;
  readonly fullness: Fullness;
}

export function use(what: Use["what"], used: number, limit: number): Use {
  const percent = limit === 0 ? 100 : Math.floor((100 * used) / limit);
  const fullness = percent >= 100 ? "full" : percent >= NEARLY_ALL ? "nearly-full" : percent >= MUCH ? "much" : "room";
  return { what, used, limit, percent, fullness };
}

/** Each limit that the account has; none where it has none. */
export async function uses(client: Client): Promise<readonly Use[]> {
  const { list } = await client.call(get(QUOTA_RECORD, client.accountId, null));
  return list.flatMap(({ resourceType, used, hardLimit }) =>
    resourceType === "octets" || resourceType === "count" ? [use(resourceType, used, hardLimit)] : [],
  );
}
