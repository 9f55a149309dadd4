/** Messages that the server sends later: which, when, and calling one back. */
import { type Answers, type Asked, Batch, resultOf } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { type Decoded, date, id, nullable, text } from "../jmap/decode";
import type { EmailId, SubmissionId } from "../jmap/ids";
import { type Address, addresses, record } from "../jmap/mail";
import { type Got, get, query } from "../jmap/methods";
import { problemOf } from "../jmap/problem";
import { longestDelay, MAIL, offers, SUBMISSION } from "../jmap/session";
import { Value } from "./observable";
import { LONGEST_UNDO } from "./undo_send";

const HELD = record("EmailSubmission", SUBMISSION, {
  id: id<"EmailSubmission">(),
  emailId: id<"Email">(),
  sendAt: date,
});
const SUBJECT = record("Email", MAIL, { id: id<"Email">(), subject: nullable(text), to: addresses });
type Held = Decoded<typeof HELD.decode>;
type Subject = Decoded<typeof SUBJECT.decode>;

export interface PlannedMessage {
  readonly submissionId: SubmissionId;
  readonly emailId: EmailId;
  readonly sendAt: number;
  readonly subject: string;
  readonly to: readonly Address[];
}

/** What was asked, to read its answer by. */
export interface Question {
  readonly held: Asked<Got<"EmailSubmission", Held>>;
  readonly subjects: Asked<Got<"Email", Subject>>;
}

const MOST = 100;
/** What goes sooner is held only so that it can be taken back. */
const SOON = (LONGEST_UNDO + 10) * 1000;

export class Planned {
  readonly all = new Value<readonly PlannedMessage[]>([]);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Puts the question into a batch; `null` where the server holds nothing. */
  ask(batch: Batch): Question | null {
    const { session, accountId } = this.#client;
    if (!offers(session, accountId, SUBMISSION) || longestDelay(session, accountId) === 0) return null;
    const question = { filter: { undoStatus: "pending" }, sort: [{ property: "sentAt", isAscending: true }] };
    const found = batch.add(query(HELD, accountId, question, { position: 0, limit: MOST }));
    const held = batch.add(get(HELD, accountId, { from: resultOf(found, "/ids") }));
    const subjects = batch.add(get(SUBJECT, accountId, { from: resultOf(held, "/list/*/emailId") }));
    return { held, subjects };
  }

  take(answers: Answers, { held, subjects }: Question): void {
    const known = new Map(answers.of(subjects).list.map((one) => [one.id, one]));
    const all = answers.of(held).list.flatMap(({ id: submissionId, emailId, sendAt }): PlannedMessage[] => {
      const email = known.get(emailId);
      if (email === undefined || sendAt < Date.now() + SOON) return [];
      return [{ submissionId, emailId, sendAt, subject: email.subject ?? "", to: email.to ?? [] }];
    });
    this.all.set(all.sort((a, b) => a.sendAt - b.sendAt));
  }

  /** Asks again; without an answer what is known stays. */
  async refresh(): Promise<void> {
    const batch = new Batch();
    const question = this.ask(batch);
    if (question === null) return;
    try {
      this.take(await this.#client.send(batch), question);
    } catch (thrown) {
      problemOf(thrown);
    }
  }
}
