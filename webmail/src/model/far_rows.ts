/** The messages of rows that nobody has looked at: of each what an act must know, and no more. */
import type { Client } from "../jmap/client";
import type { EmailId, Id } from "../jmap/ids";
import { ACTED, type FarEmail, THREAD } from "../jmap/mail";
import { get, type RecordType } from "../jmap/methods";

/** Those of each row that lie where one looks: all of its conversation, where the list shows conversations. */
export async function farMessages(
  client: Client,
  rows: readonly EmailId[],
  together: boolean,
  stays: (email: FarEmail) => boolean,
): Promise<readonly FarEmail[]> {
  const first = await inParts(client, ACTED, rows);
  if (!together) return first;
  const threads = await inParts(client, THREAD, [...new Set(first.map(({ threadId }) => threadId))]);
  const known = new Set(rows);
  const others = threads.flatMap(({ emailIds }) => emailIds).filter((id) => !known.has(id));
  return [...first, ...(await inParts(client, ACTED, others)).filter(stays)];
}

/** As many at once as the server gives; those that are no more are left out. */
async function inParts<Of extends string, T>(
  client: Client,
  type: RecordType<Of, T>,
  ids: readonly Id<Of>[],
): Promise<readonly T[]> {
  const { maxObjectsInGet: most } = client.session.limits;
  const all: T[] = [];
  for (let from = 0; from < ids.length; from += most) {
    all.push(...(await client.call(get(type, client.accountId, ids.slice(from, from + most)))).list);
  }
  return all;
}
