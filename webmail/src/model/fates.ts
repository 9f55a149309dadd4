/** What became of a message that one sent: for each recipient, as the other server answered (RFC 8621, 7). */
import { Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { absent, type Decoded, date, id, map, nullable, object, oneOf, text } from "../jmap/decode";
import type { EmailId, SubmissionId } from "../jmap/ids";
import { record } from "../jmap/mail";
import { get, query } from "../jmap/methods";
import { SUBMISSION } from "../jmap/session";
import { type Reason, reasonOf } from "./reasons";

const status = object({
  smtpReply: text,
  delivered: oneOf("queued", "yes", "no", "unknown"),
  displayed: oneOf("yes", "unknown"),
});

const FOLLOWED = record("EmailSubmission", SUBMISSION, {
  id: id<"EmailSubmission">(),
  sendAt: date,
  undoStatus: oneOf("pending", "final", "canceled"),
  deliveryStatus: absent(nullable(map(status)), null),
});
type Followed = Decoded<typeof FOLLOWED.decode>;

export interface Fate {
  readonly recipient: string;
  readonly state: "sent" | "taken" | "delivered" | "displayed" | "delayed" | "failed" | "unknown";
  /** Why it is late or failed. */
  readonly reason: Reason | null;
  /** The other server's own words; empty where it said none yet. */
  readonly reply: string;
}

export interface Fates {
  /** Of the submission that is held until then. */
  readonly planned: { readonly submissionId: SubmissionId; readonly sendAt: number } | null;
  readonly recipients: readonly Fate[];
}

/** A few submissions are enough: a message is sent once, or again. */
const MOST = 5;

function fate([recipient, { smtpReply, delivered, displayed }]: [string, Decoded<typeof status>]): Fate {
  const told = { recipient, reply: smtpReply };
  switch (delivered) {
    case "yes":
      return { ...told, state: displayed === "yes" ? "displayed" : "delivered", reason: null };
    case "no":
      return { ...told, state: "failed", reason: reasonOf(smtpReply) };
    case "queued":
      // an answer so far means that it was tried and is tried again
      return /^4/.test(smtpReply)
        ? { ...told, state: "delayed", reason: reasonOf(smtpReply) }
        : { ...told, state: "sent", reason: null };
    case "unknown":
      // what another server took it keeps to itself
      return { ...told, state: /^2/.test(smtpReply) ? "taken" : "unknown", reason: null };
  }
}

export function fates(followed: readonly Followed[]): Fates {
  const held = followed.find(({ undoStatus, sendAt }) => undoStatus === "pending" && sendAt > Date.now());
  const gone = followed.filter(({ undoStatus }) => undoStatus !== "canceled");
  const all = new Map(gone.flatMap(({ deliveryStatus }) => [...(deliveryStatus ?? [])]));
  return {
    planned: held === undefined ? null : { submissionId: held.id, sendAt: held.sendAt },
    recipients: held === undefined ? [...all].map(fate) : [],
  };
}

/** Asks for it. */
export async function fatesOf(client: Client, email: EmailId): Promise<Fates> {
  const batch = new Batch();
  const question = { filter: { emailIds: [email] }, sort: [{ property: "sentAt", isAscending: true }] };
  const found = batch.add(query(FOLLOWED, client.accountId, question, { position: 0, limit: MOST }));
  const got = batch.add(get(FOLLOWED, client.accountId, { from: resultOf(found, "/ids") }));
  return fates((await client.send(batch)).of(got).list);
}
