/** Drafts as the server keeps them: each save makes another one, in the place of the one before. */
import type { Client } from "../jmap/client";
import { absent, date, id, keys, nullable } from "../jmap/decode";
import type { EmailId } from "../jmap/ids";
import { EMAIL, record } from "../jmap/mail";
import { createdIn, get, type Orders, query, set } from "../jmap/methods";
import type { Problem } from "../jmap/problem";
import { MAIL } from "../jmap/session";
import { type Composition, newMessageId } from "./composition";
import { emailObject } from "./email_object";
import type { Places } from "./submitting";

/** What of a message says which drafts are its own. */
export type Drafted = Pick<Composition, "messageId" | "draftId" | "unsure">;

const DATED = record("Email", MAIL, { id: id<"Email">(), sentAt: absent(nullable(date), null) });
const KEPT = record("Email", MAIL, { id: id<"Email">(), keywords: keys() });
/** More of one message are not looked for. */
const MOST = 50;

/** Whether the server may have done what was asked all the same: the answer is what was lost. */
export function isUncertain({ kind }: Problem): boolean {
  return kind === "offline" || kind === "server" || kind === "malformed";
}

/** What a save made of a message. */
export interface Saved {
  readonly change: Pick<Composition, "draftId" | "messageId" | "unsure" | "draftDates">;
  /** Another device saved it too, since this one did: it is a message of its own from here on. */
  readonly isForked: boolean;
}

/** Makes the draft on the server anew. Where another device has done so meanwhile, both stay: by the same Message-ID one would be taken
 * for the other, so this one gets an id of its own (RFC 5322, 3.6.4). */
export async function draft(client: Client, places: Places, composition: Composition): Promise<Saved> {
  const { messageId } = composition;
  const made = await make(client, places, composition);
  const saved = { change: { draftId: made.draftId, messageId, unsure: false, draftDates: [] }, isForked: false };
  if (!(made.hasMissed || composition.unsure) || composition.tried !== "no") return saved;
  const all = await draftsOf(client, { messageId, draftId: null, unsure: true }).catch(() => []);
  if (all.every((one) => one === made.draftId)) return saved;
  const own = { draftId: made.draftId, messageId: newMessageId(places.identity(composition).email), unsure: false };
  try {
    const { draftId } = await make(client, places, { ...composition, ...own });
    return { change: { ...own, draftId, draftDates: [] }, isForked: true };
  } catch {
    // the next save finds what became of this one by either
    return { change: { ...own, unsure: true, draftDates: composition.draftDates }, isForked: true };
  }
}

async function make(client: Client, places: Places, composition: Composition) {
  const { draftId } = composition;
  const date = composition.draftDates.at(-1) ?? null;
  const orders = await replacing(client, places, composition, date);
  const done = await client.call(set(EMAIL, client.accountId, orders));
  const refused = draftId === null ? undefined : done.refused.get(draftId);
  const hasMissed = refused?.kind === "refused-record" && refused.type === "notFound";
  return { draftId: createdIn(done, "draft"), hasMissed };
}

/** What makes it anew, in the place of all that this device may have made. The date is the server's where there is none. */
export async function replacing(
  client: Client,
  places: Places,
  composition: Composition,
  date: number | null,
): Promise<Orders<"Email">> {
  const create = { draft: emailObject(composition, places.identity(composition), places.drafts(), date) };
  const before = await ownDrafts(client, composition);
  return before.length === 0 ? { create } : { create, destroy: before };
}

/** Of several drafts by the same Message-ID those that are this device's own: by its dates, for another device may go on with the message
 * while the answer of this one is lost. */
async function ownDrafts(client: Client, composition: Composition): Promise<readonly EmailId[]> {
  const all = await draftsOf(client, composition);
  const others = all.filter((one) => one !== composition.draftId);
  if (others.length === 0) return all;
  const { list } = await client.call(get(DATED, client.accountId, others));
  const own = new Set(
    list.filter(({ sentAt }) => sentAt !== null && composition.draftDates.includes(sentAt)).map(({ id }) => id),
  );
  return all.filter((one) => one === composition.draftId || own.has(one));
}

/** All drafts of a message; those that a lost answer told of are found by its id (RFC 5322, 3.6.4). */
export async function draftsOf(client: Client, { messageId, draftId, unsure }: Drafted): Promise<readonly EmailId[]> {
  const known = draftId === null ? [] : [draftId];
  if (!unsure) return known;
  const filter = {
    operator: "AND",
    conditions: [{ header: ["Message-ID", messageId] }, { hasKeyword: "$draft" }],
  };
  const question = query(EMAIL, client.accountId, { filter, sort: [] }, { position: 0, limit: MOST });
  return [...new Set([...known, ...(await client.call(question)).ids])];
}

/** Which of these are drafts still: neither sent nor thrown away. */
export async function stillDrafts(client: Client, ids: readonly EmailId[]): Promise<ReadonlySet<EmailId>> {
  const { list } = await client.call(get(KEPT, client.accountId, ids));
  return new Set(list.filter(({ keywords }) => keywords.has("$draft")).map(({ id }) => id));
}
