/** A message that was written becomes one that goes: handed over in one request, held while it can be taken back, looked for where
 * the answer was lost. */
import { Batch } from "../jmap/batch";
import type { Client } from "../jmap/client";
import type { EmailId, MailboxId, SubmissionId } from "../jmap/ids";
import { EMAIL, type Identity, SUBMISSION_RECORD } from "../jmap/mail";
import { createdIn, query, set } from "../jmap/methods";
import { type Problem, problemOf } from "../jmap/problem";
import { longestDelay } from "../jmap/session";
import { type Composition, recipients } from "./composition";
import { replacing } from "./drafts";
import { utc } from "./email_object";

const FIRST = { position: 0, limit: 1 };

/** Who writes, and where it lies before and after. */
export interface Places {
  identity(of: Composition): Identity;
  drafts(): MailboxId;
  sent(): MailboxId;
  /** For how long it is to be held so that it can be taken back. */
  undoSeconds(): number;
}

export interface Sent {
  readonly emailId: EmailId;
  /** While it can still be taken back; `null` where the server does not hold. */
  readonly submissionId: SubmissionId | null;
  readonly composition: Composition;
}

/** Sends; `drafted` is told where the message is, whatever becomes of the rest. */
export async function submit(
  client: Client,
  places: Places,
  composition: Composition,
  drafted: (id: EmailId) => void,
): Promise<Sent> {
  const { accountId, session } = client;
  const identity = places.identity(composition);
  const batch = new Batch();
  // who reads it sees when it was sent, not when it was written
  const email = batch.add(set(EMAIL, accountId, await replacing(client, places, composition, composition.sendAt)));
  const hold = holding(composition, places.undoSeconds(), longestDelay(session, accountId));
  const submission = batch.add(
    set(
      SUBMISSION_RECORD,
      accountId,
      { create: { send: { emailId: "#draft", identityId: identity.id, ...envelope(composition, identity, hold) } } },
      { onSuccessUpdateEmail: { "#send": moved(places.drafts(), places.sent(), false) } },
    ),
  );
  const answers = await client.send(batch);
  const emailId = createdIn(answers.of(email), "draft");
  drafted(emailId);
  const submissionId = createdIn(answers.of(submission), "send");
  return { emailId, submissionId: hold === null ? null : submissionId, composition };
}

/** The message of this id that is no draft any more, if there is one. */
export async function wentOut(client: Client, { messageId }: Composition): Promise<EmailId | null> {
  const filter = {
    operator: "AND",
    conditions: [{ header: ["Message-ID", messageId] }, { notKeyword: "$draft" }],
  };
  const question = query(EMAIL, client.accountId, { filter, sort: [] }, FIRST);
  return (await client.call(question)).ids[0] ?? null;
}

/** What a message answers or passes on. A draft that one goes on with names it by its Message-ID: an answer in In-Reply-To, what
 * passes it on in References only (RFC 5322, 3.6.4). */
export async function originOf(client: Client, of: Composition): Promise<Composition["origin"]> {
  const named = of.inReplyTo?.[0] ?? of.references?.at(-1);
  if (of.origin !== null || named === undefined) return of.origin;
  const question = query(EMAIL, client.accountId, { filter: { header: ["Message-ID", named] }, sort: [] }, FIRST);
  const [id] = (await client.call(question)).ids;
  if (id === undefined) return null;
  return { id, mark: (of.inReplyTo?.length ?? 0) > 0 ? "$answered" : "$forwarded" };
}

/** What becomes of a message of an earlier page: one that was being sent may have gone. */
export async function stageOf(
  client: Client,
  composition: Composition,
  met: (problem: Problem) => void,
): Promise<Composition["stage"] | "gone"> {
  if (composition.stage !== "sending") return composition.stage;
  // not all that is written can have gone
  if (composition.tried === "otherwise") return "writing";
  try {
    return (await wentOut(client, composition)) === null ? "writing" : "gone";
  } catch (thrown) {
    met(problemOf(thrown));
    return "waiting";
  }
}

/** Calls back what the server holds: its message is a draft again. */
export async function callBack(
  client: Client,
  places: Places,
  submissionId: SubmissionId | null,
): Promise<Problem | null> {
  if (submissionId === null) return { kind: "refused-record", type: "cannotUnsend", detail: "", properties: [] };
  try {
    const update = { [submissionId]: { undoStatus: "canceled" } };
    const back = moved(places.sent(), places.drafts(), true);
    const call = set(
      SUBMISSION_RECORD,
      client.accountId,
      { update },
      { onSuccessUpdateEmail: { [submissionId]: back } },
    );
    return (await client.call(call)).refused.get(submissionId) ?? null;
  } catch (thrown) {
    return problemOf(thrown);
  }
}

function moved(from: MailboxId, to: MailboxId, isDraft: boolean): Record<string, true | null> {
  return { [`mailboxIds/${from}`]: null, [`mailboxIds/${to}`]: true, "keywords/$draft": isDraft ? true : null };
}

/** Until when it is held: until the time that was chosen, or for as long as it can be taken back (RFC 4865, 3). */
function holding({ sendAt }: Composition, undo: number, longest: number): Record<string, string> | null {
  const seconds = Math.min(undo, longest);
  if (longest > 0 && sendAt !== null && sendAt > Date.now() + seconds * 1000) return { HOLDUNTIL: utc(sendAt) };
  return seconds > 0 ? { HOLDFOR: String(seconds) } : null;
}

/** Who sends, and to whom (RFC 8621, 7). */
function envelope(composition: Composition, { email }: Identity, parameters: Record<string, string> | null) {
  const all = new Map(recipients(composition).map((one) => [one.email.toLowerCase(), one.email]));
  const rcptTo = [...all.values()].map((one) => ({ email: one, parameters: null }));
  return { envelope: { mailFrom: { email, parameters }, rcptTo } };
}
