/** The desk: messages that are being written. Kept here every second, on the server every few, sent once. */
import { Batch } from "../jmap/batch";
import type { Client } from "../jmap/client";
import type { EmailId, MailboxId, SubmissionId } from "../jmap/ids";
import { EMAIL, type Identity, SUBMISSION_RECORD } from "../jmap/mail";
import { createdIn, query, set } from "../jmap/methods";
import { type Problem, problemOf } from "../jmap/problem";
import { longestDelay } from "../jmap/session";
import { type Composition, isEmpty, recipients, restored, wasSaved } from "./composition";
import { emailObject, utc } from "./email_object";
import type { Kept } from "./kept";
import { Value } from "./observable";
import type { Patch } from "./patch";
import type { Windows } from "./windows";

/** After how many milliseconds of quiet a change is kept here, and on the server. */
export const KEEP_AFTER = 1000;
export const SAVE_AFTER = 4000;
/** For how many seconds the server holds what is sent, so that it can be taken back. */
export const UNDO_SECONDS = 10;

/** What of its surroundings the desk needs. */
export interface Room {
  identity(of: Composition): Identity;
  drafts(): MailboxId;
  sent(): MailboxId;
  /** Marks the message that was answered or passed on. */
  mark(id: EmailId, patch: Partial<Patch>): void;
  /** Saving met this; whether somebody must act on it is not the desk's to know. */
  met(problem: Problem): void;
  /** A message that waited for a connection has gone, or cannot go. */
  went(refused: Problem | null): void;
  wake(after: number, then: () => void): () => void;
}

export type Saving = "unsaved" | "saving" | "here" | "saved";

export interface Open {
  readonly composition: Composition;
  readonly saving: Saving;
  readonly problem: Problem | null;
}

export interface Sent {
  readonly emailId: EmailId;
  /** While it can still be taken back; `null` where the server does not hold. */
  readonly submissionId: SubmissionId | null;
  readonly composition: Composition;
}

export class Desk {
  readonly open = new Value<readonly Open[]>([]);
  readonly #client: Client;
  readonly #kept: Kept;
  readonly #room: Room;
  readonly #windows: Windows;
  /** What lets go of a message: it lies open in one window at a time. */
  readonly #holds = new Map<string, () => void>();
  readonly #timers = new Map<string, (() => void)[]>();
  #going: Promise<void> | null = null;
  /** Saves and sends of one message come one after another. */
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(client: Client, kept: Kept, room: Room, windows: Windows) {
    this.#client = client;
    this.#kept = kept;
    this.#room = room;
    this.#windows = windows;
  }

  /** Takes up what an earlier page left open and no other window has. What was being sent when that page ended is looked for
   * before it is shown; without a network it waits for one. */
  async takeUp(which: "all" | "waiting" = "all"): Promise<void> {
    const fits = (value: unknown) => which === "all" || restored(value)?.stage === "waiting";
    const keys = [...(await this.#kept.all("compositions"))].flatMap(([key, value]) =>
      this.of(key) === undefined && fits(value) ? [key] : [],
    );
    const taken = await Promise.all(keys.map((key) => this.#hold(key)));
    // while this one waited for its turn another window may have changed or sent it
    const left = await this.#kept.all("compositions");
    for (const key of keys.filter((_, index) => taken[index])) {
      const value = left.get(key);
      const composition = restored(value);
      const stage = composition === null ? "gone" : await this.#stageOf(composition);
      if (composition === null || stage === "gone") {
        await this.#kept.remove("compositions", key);
        this.#letGo(key);
      } else {
        this.put({ ...composition, stage }, wasSaved(value) ? "saved" : "here");
      }
    }
  }

  of(key: string): Open | undefined {
    return this.open.value.find(({ composition }) => composition.key === key);
  }

  /** The page goes: what was written last is kept at once. */
  async keepAll(): Promise<void> {
    await Promise.all(this.open.value.map(({ composition }) => this.#keep(composition.key)));
  }

  /** The messages that are in this browser only. */
  get unsaved(): readonly Open[] {
    const isKept = ({ composition, saving }: Open) =>
      saving === "saved" || isEmpty(composition, this.#room.identity(composition));
    return this.open.value.filter((one) => !isKept(one));
  }

  async saveAll(): Promise<void> {
    await Promise.all(this.unsaved.map(({ composition }) => this.save(composition.key)));
  }

  /** Who writes leaves: nothing is kept or saved any more, and other windows may go on. */
  end(): void {
    for (const key of [...this.#timers.keys()]) this.#quiet(key);
    for (const key of [...this.#holds.keys()]) this.#letGo(key);
    this.open.set([]);
  }

  put(composition: Composition, saving: Saving = "saved"): void {
    void this.#hold(composition.key);
    this.open.update((all) => [
      ...all.filter((other) => other.composition.key !== composition.key),
      { composition, saving, problem: null },
    ]);
  }

  change(key: string, change: Partial<Composition>): void {
    const now = this.of(key);
    if (now === undefined) return;
    const { stage } = now.composition;
    // who goes on writing does not want it to go as it is
    const next = { ...now.composition, stage: stage === "waiting" ? "writing" : stage, ...change };
    this.#show(key, { composition: next, saving: "unsaved" });
    this.#quiet(key);
    this.#timers.set(key, [
      this.#room.wake(KEEP_AFTER, () => void this.#keep(key)),
      this.#room.wake(SAVE_AFTER, () => void this.save(key)),
    ]);
  }

  /** Keeps a draft on the server. What goes wrong stands beside the message; it stays kept here. */
  save(key: string): Promise<void> {
    return this.#inLine(key, async () => {
      const now = this.of(key);
      if (now === undefined || now.composition.stage !== "writing") return;
      this.#quiet(key);
      await this.#keep(key);
      this.#show(key, { saving: "saving" });
      try {
        const { composition } = now;
        const orders = { create: { draft: this.#object(composition) }, ...destroying(composition.draftId) };
        const done = await this.#client.call(set(EMAIL, this.#client.accountId, orders));
        const draftId = createdIn(done, "draft");
        const after = this.of(key);
        if (after === undefined) return;
        const unchanged = after.composition === composition;
        this.#show(key, {
          composition: { ...after.composition, draftId },
          saving: unchanged ? "saved" : "unsaved",
          problem: null,
        });
        await this.#keep(key);
      } catch (thrown) {
        const problem = problemOf(thrown);
        this.#show(key, { saving: "here", problem });
        this.#room.met(problem);
      }
    });
  }

  /** Sends. Gives what can take it back, or the problem; the message stays on the desk then. */
  send(key: string): Promise<Sent | Problem> {
    return this.#inLine(key, async () => {
      const now = this.of(key);
      if (now === undefined) return { kind: "refused-record", type: "notFound", detail: "", properties: [] };
      this.#quiet(key);
      this.#show(key, { composition: { ...now.composition, stage: "sending" }, problem: null });
      await this.#keep(key);
      try {
        const sent = await this.#submit(now.composition);
        await this.#clear(key);
        const { origin } = now.composition;
        if (origin !== null) this.#room.mark(origin.id, { mark: [origin.mark] });
        return sent;
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (problem.kind === "offline") {
          // the answer may be what was lost: whether it went is looked for before it is sent again
          const gone = await this.#wentOut(now.composition).catch(() => null);
          if (gone !== null) {
            await this.#clear(key);
            return { emailId: gone, submissionId: null, composition: now.composition };
          }
        }
        const left = this.of(key)?.composition ?? now.composition;
        const waits = problem.kind === "offline";
        const stage = waits ? "waiting" : "writing";
        this.#show(key, { composition: { ...left, stage }, saving: "here", problem: waits ? null : problem });
        await this.#keep(key);
        this.#room.met(problem);
        return problem;
      }
    });
  }

  /** There may be a connection again: what waits for one goes. What cannot go lies open again. */
  sendWaiting(): Promise<void> {
    this.#going ??= this.#sendWaiting().finally(() => {
      this.#going = null;
    });
    return this.#going;
  }

  async #sendWaiting(): Promise<void> {
    const waits = ({ composition }: Open) => composition.stage === "waiting";
    for (const { composition } of this.open.value.filter(waits)) {
      const { key } = composition;
      // the answer may be all that was lost
      const stage = await this.#stageOf({ ...composition, stage: "sending" });
      if (stage === "waiting") return;
      const now = this.of(key);
      if (now === undefined || !waits(now)) continue;
      if (stage === "gone") await this.#clear(key);
      const outcome = stage === "gone" ? null : await this.send(key);
      if (outcome === null || !("kind" in outcome)) this.#room.went(null);
      else if (outcome.kind === "offline") return;
      else this.#room.went(outcome);
    }
  }

  /** What becomes of a message of an earlier page: one that was being sent may have gone. */
  async #stageOf(composition: Composition): Promise<Composition["stage"] | "gone"> {
    if (composition.stage !== "sending") return composition.stage;
    try {
      return (await this.#wentOut(composition)) === null ? "writing" : "gone";
    } catch (thrown) {
      const problem = problemOf(thrown);
      this.#room.met(problem);
      return "waiting";
    }
  }

  /** Takes back what was sent, while the server holds it; the message lies open again. */
  async unsend({ submissionId, emailId, composition }: Sent): Promise<Problem | null> {
    const problem = await this.callBack(submissionId);
    if (problem !== null) return problem;
    const { origin } = composition;
    if (origin !== null) this.#room.mark(origin.id, { unmark: [origin.mark] });
    this.put({ ...composition, sendAt: null, draftId: emailId, stage: "writing" });
    await this.#keep(composition.key);
    return null;
  }

  /** Calls back what the server holds: its message is a draft again. */
  async callBack(submissionId: SubmissionId | null): Promise<Problem | null> {
    if (submissionId === null) return { kind: "refused-record", type: "cannotUnsend", detail: "", properties: [] };
    try {
      const update = { [submissionId]: { undoStatus: "canceled" } };
      const back = this.#moved(this.#room.sent(), this.#room.drafts(), true);
      const call = set(
        SUBMISSION_RECORD,
        this.#client.accountId,
        { update },
        { onSuccessUpdateEmail: { [submissionId]: back } },
      );
      return (await this.#client.call(call)).refused.get(submissionId) ?? null;
    } catch (thrown) {
      return problemOf(thrown);
    }
  }

  /** Closes it, saved; a message with nothing in it goes. */
  async close(key: string): Promise<void> {
    const now = this.of(key);
    if (now === undefined) return;
    if (isEmpty(now.composition, this.#room.identity(now.composition))) return this.discard(key);
    if (now.saving !== "saved") await this.save(key);
    if (this.of(key)?.saving === "saved") await this.#clear(key);
  }

  /** Throws it away, here and on the server. */
  async discard(key: string): Promise<void> {
    await this.#inLine(key, async () => {
      const draftId = this.of(key)?.composition.draftId ?? null;
      await this.#clear(key);
      if (draftId !== null) await this.#client.call(set(EMAIL, this.#client.accountId, { destroy: [draftId] }));
    }).catch((thrown: unknown) => void problemOf(thrown));
  }

  async #submit(composition: Composition): Promise<Sent> {
    const { accountId, session } = this.#client;
    const identity = this.#room.identity(composition);
    const batch = new Batch();
    const orders = { create: { draft: this.#object(composition) }, ...destroying(composition.draftId) };
    const email = batch.add(set(EMAIL, accountId, orders));
    const hold = holding(composition, longestDelay(session, accountId));
    const submission = batch.add(
      set(
        SUBMISSION_RECORD,
        accountId,
        { create: { send: { emailId: "#draft", identityId: identity.id, ...envelope(composition, identity, hold) } } },
        { onSuccessUpdateEmail: { "#send": this.#moved(this.#room.drafts(), this.#room.sent(), false) } },
      ),
    );
    const answers = await this.#client.send(batch);
    const emailId = createdIn(answers.of(email), "draft");
    // the draft is there, whatever becomes of the rest
    this.#show(composition.key, { composition: { ...composition, draftId: emailId } });
    const submissionId = createdIn(answers.of(submission), "send");
    return { emailId, submissionId: hold === null ? null : submissionId, composition };
  }

  /** The message of this id that is no draft any more, if there is one. */
  async #wentOut({ messageId }: Composition): Promise<EmailId | null> {
    const filter = {
      operator: "AND",
      conditions: [{ header: ["Message-ID", messageId] }, { notKeyword: "$draft" }],
    };
    const question = query(EMAIL, this.#client.accountId, { filter, sort: [] }, { position: 0, limit: 1 });
    return (await this.#client.call(question)).ids[0] ?? null;
  }

  #object(composition: Composition): Record<string, unknown> {
    return emailObject(composition, this.#room.identity(composition), this.#room.drafts());
  }

  #moved(from: MailboxId, to: MailboxId, draft: boolean): Record<string, true | null> {
    return { [`mailboxIds/${from}`]: null, [`mailboxIds/${to}`]: true, "keywords/$draft": draft ? true : null };
  }

  #show(key: string, change: Partial<Open>): void {
    this.open.update((all) => all.map((one) => (one.composition.key === key ? { ...one, ...change } : one)));
  }

  async #keep(key: string): Promise<void> {
    const now = this.of(key);
    if (now === undefined) return;
    await this.#kept.put("compositions", key, { ...now.composition, saved: now.saving === "saved" });
  }

  async #clear(key: string): Promise<void> {
    this.#quiet(key);
    this.open.update((all) => all.filter(({ composition }) => composition.key !== key));
    await this.#kept.remove("compositions", key);
    this.#letGo(key);
  }

  /** Whether this window has the message to itself. */
  async #hold(key: string): Promise<boolean> {
    if (this.#holds.has(key)) return true;
    const letGo = await this.#windows.take(`composition/${key}`);
    if (letGo !== null) this.#holds.set(key, letGo);
    return letGo !== null;
  }

  #letGo(key: string): void {
    this.#holds.get(key)?.();
    this.#holds.delete(key);
  }

  #quiet(key: string): void {
    for (const unwake of this.#timers.get(key) ?? []) unwake();
    this.#timers.delete(key);
  }

  #inLine<T>(key: string, run: () => Promise<T>): Promise<T> {
    const before = this.#lines.get(key) ?? Promise.resolve();
    const now = before.then(run, run);
    const ended = now
      .catch(() => {})
      .then(() => {
        if (this.#lines.get(key) === ended) this.#lines.delete(key);
      });
    this.#lines.set(key, ended);
    return now;
  }
}

function destroying(id: EmailId | null): { destroy?: readonly EmailId[] } {
  return id === null ? {} : { destroy: [id] };
}

/** Until when it is held: until the time that was chosen, or for as long as it can be taken back (RFC 4865, 3). */
function holding({ sendAt }: Composition, longest: number): Record<string, string> | null {
  if (longest < UNDO_SECONDS) return null;
  const later = sendAt !== null && sendAt > Date.now() + UNDO_SECONDS * 1000;
  return later ? { HOLDUNTIL: utc(sendAt) } : { HOLDFOR: String(UNDO_SECONDS) };
}

/** Who sends, and to whom (RFC 8621, 7). */
function envelope(composition: Composition, { email }: Identity, parameters: Record<string, string> | null) {
  const all = new Map(recipients(composition).map((one) => [one.email.toLowerCase(), one.email]));
  const rcptTo = [...all.values()].map((one) => ({ email: one, parameters: null }));
  return { envelope: { mailFrom: { email, parameters }, rcptTo } };
}
