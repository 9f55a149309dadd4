/** New mail is told of by a push message that says only that there is some: who wrote what is asked of the server, with the login of
 * this browser. */
import { Answers, Batch, type Call, resultOf } from "../jmap/batch";
import { attempt, id, keys, nullable, text } from "../jmap/decode";
import type { EmailId, MailboxId, State } from "../jmap/ids";
import { addresses, record } from "../jmap/mail";
import { changes, get } from "../jmap/methods";
import { Failure } from "../jmap/problem";
import { MAIL } from "../jmap/session";
import { prolong, stateChange, verification, verify } from "../jmap/subscription";
import type { Transport } from "../jmap/transport";
import { shortName } from "../model/addresses";
import type { Note, Notes } from "../model/notes";
import { written } from "../model/route";
import { NEWS } from "../texts/news";

/** A message as far as it is told of. */
const ARRIVED = record("Email", MAIL, {
  id: id<"Email">(),
  mailboxIds: keys<MailboxId>(),
  keywords: keys(),
  from: addresses,
  subject: nullable(text),
});
type Arrived = ReturnType<typeof ARRIVED.decode>;
const PLACE = record("Mailbox", MAIL, { id: id<"Mailbox">(), role: nullable(text) });

/** Mail that lies there only is no news. */
const QUIET = ["drafts", "sent", "junk", "trash"];
/** More new messages than these are told of together. */
export const MOST_TOLD = 3;
const MOST_CHANGES = 100;
const MOST_ROUNDS = 5;
/** When less of it is left than this, the subscription is prolonged. */
export const SOON = 4 * 24 * 3_600_000;

/** One notification; two of one tag are one. */
export interface Told {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  /** Where a click leads: the part of the address behind the page. */
  readonly open: string;
}

export interface Around {
  readonly transport: Transport;
  readonly notes: Notes;
  now(): number;
  /** Whether somebody looks at the webmail: that shows its mail itself. */
  isLookedAt(): Promise<boolean>;
  show(told: Told): Promise<void>;
  /** Nobody is to be told any more. */
  unsubscribe(): Promise<void>;
}

/** What a push message leads to. */
export async function heard(message: unknown, around: Around): Promise<void> {
  const note = await around.notes.read();
  if (note === null) return around.unsubscribe();
  const code = attempt(verification, message);
  if (code !== null) {
    // RFC 8620, 7.2.2: only the subscription that was made here; its answer may still be on its way
    if (note.subscription !== null && note.subscription !== code.pushSubscriptionId) return;
    await call(note, around, verify(code.pushSubscriptionId, code.verificationCode));
    return;
  }
  const types = attempt(stateChange, message)?.changed.get(note.account);
  // a message that was read or moved is no news (RFC 8621, 1.5)
  if (types?.has("EmailDelivery") !== true) return;
  await tell(note, around);
  await prolongSoon(note, around);
}

async function tell(note: Note, around: Around): Promise<void> {
  const words = NEWS[note.language];
  const looked = around.isLookedAt();
  let news: readonly Arrived[];
  try {
    news = await arrived(note, around);
  } catch {
    // no network, or nobody is logged in: that there is mail is all that is known
    if (!(await looked)) await around.show({ title: words.some, body: "", tag: "some", open: "#/" });
    return;
  }
  if (await looked) return;
  if (news.length > MOST_TOLD) {
    await around.show({ title: words.many(news.length), body: "", tag: "many", open: "#/" });
    return;
  }
  for (const one of news) {
    const [from] = one.from ?? [];
    const [mailbox] = one.mailboxIds;
    const place = { view: "mailbox", only: [], email: one.id } as const;
    await around.show({
      title: from === undefined ? words.unknown : shortName(from),
      body: one.subject || words.noSubject,
      tag: one.id,
      open: mailbox === undefined ? "#/" : written({ ...place, mailbox }),
    });
  }
}

/** What came since the last time, and is to be read. */
async function arrived(note: Note, around: Around): Promise<readonly Arrived[]> {
  const found = new Map<EmailId, Arrived>();
  let since: State = note.state;
  let loud: ReadonlySet<MailboxId> = new Set();
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const batch = new Batch();
    const told = batch.add(changes(ARRIVED, note.account, since, MOST_CHANGES));
    const created = batch.add(get(ARRIVED, note.account, { from: resultOf(told, "/created") }));
    const places = batch.add(get(PLACE, note.account, null));
    const answers = await send(note, around, batch);
    const { newState, hasMoreChanges } = await answered(() => answers.of(told), note, around);
    for (const one of answers.of(created).list) found.set(one.id, one);
    loud = new Set(
      answers
        .of(places)
        .list.filter(({ role }) => !QUIET.includes(role ?? ""))
        .map((place) => place.id),
    );
    since = newState;
    if (!hasMoreChanges) break;
  }
  await around.notes.change({ state: since });
  const isNews = ({ keywords, mailboxIds }: Arrived) =>
    !keywords.has("$seen") && !keywords.has("$draft") && [...mailboxIds].some((place) => loud.has(place));
  return [...found.values()].filter(isNews);
}

/** Where the server cannot say what changed, it is asked from now on. */
async function answered<T>(read: () => T, note: Note, around: Around): Promise<T> {
  try {
    return read();
  } catch (thrown) {
    const { state } = await call(note, around, get(ARRIVED, note.account, []));
    await around.notes.change({ state });
    throw thrown;
  }
}

async function prolongSoon(note: Note, around: Around): Promise<void> {
  if (note.subscription === null || note.expires === null || note.expires - around.now() > SOON) return;
  try {
    await around.notes.change({ expires: await call(note, around, prolong(note.subscription)) });
  } catch (thrown) {
    // the next message, or the next page, tries again
    if (!(thrown instanceof Failure)) throw thrown;
  }
}

async function send({ apiUrl }: Note, { transport }: Around, batch: Batch): Promise<Answers> {
  return new Answers(await transport.ask({ method: "POST", url: apiUrl, body: batch.request() }));
}

async function call<T>(note: Note, around: Around, one: Call<T>): Promise<T> {
  const batch = new Batch();
  const asked = batch.add(one);
  return (await send(note, around, batch)).of(asked);
}
