/** How messages leave the desk: at once, when there is a connection again, by another device, or not after all. */
import type { Client } from "../jmap/client";
import type { EmailId } from "../jmap/ids";
import { MESSAGE, WHOLE_ARGUMENTS } from "../jmap/mail";
import { get } from "../jmap/methods";
import { type Problem, passes, problemOf } from "../jmap/problem";
import { type Composition, newMessageId, resumed, triedOf } from "./composition";
import { draftsOf, isUncertain, stillDrafts } from "./drafts";
import type { Beside, Open, OpenMessages, Room } from "./open_messages";
import { callBack, originOf, type Sent, submit, wentOut } from "./submitting";
import type { Turns } from "./turns";

/** The draft of the server that says all that lies here; `null` where there is none. */
function draftIn({ composition, saving }: Open): EmailId | null {
  return saving === "saved" && composition.stage === "writing" ? composition.draftId : null;
}

/** The message lies here no more. */
const GONE: Problem = { kind: "refused-record", type: "notFound", detail: "", properties: [] };

/** Whether no other message would go either. */
export function stopsAll({ kind }: Problem): boolean {
  return kind === "offline" || kind === "signed-out" || kind === "slow-down";
}

export class Sending {
  readonly #client: Client;
  readonly #room: Room;
  readonly #open: OpenMessages;
  readonly #beside: Beside;
  readonly #turns: Turns;

  constructor(client: Client, room: Room, open: OpenMessages, beside: Beside, turns: Turns) {
    this.#client = client;
    this.#room = room;
    this.#open = open;
    this.#beside = beside;
    this.#turns = turns;
  }

  /** Gives what can take it back, or the problem; the message stays on the desk then. */
  send(key: string): Promise<Sent | Problem> {
    return this.#turns.after(key, async () => {
      const now = this.#open.of(key);
      if (now === undefined) return GONE;
      this.#beside.pauses.end(key);
      if (this.#beside.uploads.of(key).length > 0) return this.#stays(key, { kind: "offline" }, "waiting");
      this.#open.show(key, { composition: { ...now.composition, stage: "sending" }, problem: null });
      await this.#open.keep(key);
      let given: Composition | null = null;
      let tried: Composition["tried"] = "no";
      try {
        const before = await this.#wentBefore(key);
        if (before !== null) return await this.#found(now.composition, before);
        const here = this.#open.of(key)?.composition;
        if (here === undefined) return GONE;
        ({ tried } = here);
        // what is written from here on is not in what goes
        given = { ...here, tried: "as-it-is" };
        this.#open.show(key, { composition: given });
        await this.#open.keep(key);
        const sent = await submit(this.#client, this.#room, given, (draftId) =>
          this.#open.write(key, { draftId, unsure: false, draftDates: [] }),
        );
        await this.#went(given);
        return sent;
      } catch (thrown) {
        return this.#failed(key, problemOf(thrown), { given, tried, waited: now.composition.stage === "waiting" });
      }
    });
  }

  /** What becomes of a message whose sending failed: `given` is how it was handed over, if it was, and `tried` what had been tried before. */
  async #failed(
    key: string,
    problem: Problem,
    { given, tried, waited }: { given: Composition | null; tried: Composition["tried"]; waited: boolean },
  ): Promise<Sent | Problem> {
    if (given !== null && isUncertain(problem)) {
      this.#open.doubt(key);
      // the answer may be what was lost: whether it went is looked for before it is sent again
      const gone = await wentOut(this.#client, given).catch(() => null);
      if (gone !== null) return this.#found(given, gone);
    } else if (given !== null) this.#refused(key, tried);
    this.#room.met(problem);
    const isForLater = problem.kind === "offline" || (waited && (passes(problem) || problem.kind === "signed-out"));
    // who went on writing does not want it to go as it is
    const isChanged = given !== null && this.#open.of(key)?.composition.tried === "otherwise";
    return this.#stays(key, problem, isForLater && !isChanged ? "waiting" : "writing");
  }

  /**
   * Where a message lies that went by a try whose answer was lost, when all that is written is in it. What was changed since is another
   * message to whoever wrote it, and gets an id of its own (RFC 5322, 3.6.4): by the same id nobody could tell them apart.
   */
  async #wentBefore(key: string): Promise<EmailId | null> {
    const now = this.#open.of(key)?.composition;
    if (now === undefined || now.tried === "no") return null;
    const gone = await wentOut(this.#client, now);
    const after = this.#open.of(key)?.composition;
    // what the desk has no more the browser may keep for the next page
    if (gone === null || after === undefined) return null;
    if (after.tried === "as-it-is") return gone;
    await this.another(after, { draftId: after.draftId === gone ? null : after.draftId });
    return null;
  }

  /** What is written is another message from here on. */
  async another(of: Composition, change: Partial<Composition>): Promise<void> {
    const { key } = of;
    const own = { messageId: newMessageId(this.#room.identity(of).email), ...change };
    this.#open.write(key, { ...own, tried: "no" });
    this.#beside.holds.letGo(key);
    void this.#beside.holds.take({ ...of, ...own });
    await this.#open.keep(key);
  }

  /** It has gone as it was given: it leaves the desk, and what was written meanwhile stays as another message. */
  async #went(given: Composition): Promise<void> {
    const after = this.#open.of(given.key)?.composition;
    if (after === undefined || after.tried !== "otherwise") return this.gone(given);
    this.#open.show(given.key, { saving: "unsaved", problem: null });
    await this.another(after, { draftId: null, unsure: false, stage: "writing" });
    void this.#mark(given, "mark");
  }

  /** It has not gone by this try. */
  #refused(key: string, before: Composition["tried"]): void {
    const now = this.#open.of(key)?.composition.tried;
    this.#open.write(key, { tried: before === "no" || now === "as-it-is" ? before : "otherwise" });
  }

  /** Takes it from the desk where it has gone by an earlier try, and gives whether it has. */
  async clearGone(key: string): Promise<boolean> {
    const composition = this.#open.of(key)?.composition;
    if (composition === undefined || (await this.#wentBefore(key)) === null) return false;
    await this.gone(composition);
    return true;
  }

  /** It has gone, whoever sent it: what it answers is marked. */
  async gone(composition: Composition): Promise<void> {
    await this.#open.clear(composition.key);
    void this.#mark(composition, "mark");
  }

  async #found(composition: Composition, emailId: EmailId): Promise<Sent> {
    await this.#went(composition);
    return { emailId, submissionId: null, composition };
  }

  async #mark(composition: Composition, how: "mark" | "unmark"): Promise<void> {
    try {
      const origin = await originOf(this.#client, composition);
      if (origin !== null) this.#room.mark(origin.id, { [how]: [origin.mark] });
    } catch (thrown) {
      // a mark is not worth more than that
      problemOf(thrown);
    }
  }

  /** It did not go: it waits for a connection, or lies open again. */
  async #stays(key: string, problem: Problem, stage: "waiting" | "writing"): Promise<Problem> {
    const now = this.#open.of(key);
    if (now === undefined) return problem;
    this.#open.show(key, {
      composition: { ...now.composition, stage },
      saving: this.#open.isFleeting(key) ? "unsaved" : "here",
      problem: stage === "waiting" ? null : problem,
    });
    await this.#open.keep(key);
    return problem;
  }

  /** There may be a connection again: what waits for one goes. What cannot go lies open again. Gives what keeps the rest waiting. */
  async sendWaiting(): Promise<Problem | null> {
    const waiting = this.#open.all.value.filter(({ composition }) => composition.stage === "waiting");
    let first: Problem | null = null;
    for (const { key } of waiting.map(({ composition }) => composition)) {
      // somebody goes on with it, or it has gone
      if (this.#open.of(key)?.composition.stage !== "waiting") continue;
      // the last of its files calls again
      if (this.#beside.uploads.of(key).length > 0) continue;
      const outcome = await this.send(key);
      if (!("kind" in outcome)) this.#room.went(null);
      else if (this.#open.of(key)?.composition.stage !== "waiting") this.#room.went(outcome);
      else if (stopsAll(outcome)) return outcome;
      // what the server cannot take of one message keeps the others from nothing
      else first ??= outcome;
    }
    return first;
  }

  /** Looks whether the drafts that lie here, saved, are drafts still: another device may have sent them, or thrown them away. What has
   * gone leaves; what is nowhere any more is here only. Gives how many have gone. */
  async lookAfter(): Promise<number> {
    const drafts = this.#open.all.value.flatMap((one) => {
      const id = draftIn(one);
      return id === null ? [] : [{ key: one.composition.key, id }];
    });
    if (drafts.length === 0) return 0;
    try {
      let gone = 0;
      const still = await stillDrafts(
        this.#client,
        drafts.map(({ id }) => id),
      );
      for (const { key, id } of drafts.filter(({ id }) => !still.has(id))) {
        // a save that is on its way makes another draft
        if (await this.#turns.after(key, () => this.#missed(key, id))) gone += 1;
      }
      return gone;
    } catch (thrown) {
      this.#room.met(problemOf(thrown));
      return 0;
    }
  }

  /** This draft is there no more. Gives whether its message has gone. */
  async #missed(key: string, id: EmailId): Promise<boolean> {
    const now = this.#open.of(key);
    if (now === undefined || draftIn(now) !== id) return false;
    const { composition } = now;
    const hasGone = (await wentOut(this.#client, composition)) !== null;
    const then = this.#open.of(key);
    // what was written meanwhile is in no message that went
    if (then === undefined || draftIn(then) !== id) return false;
    if (hasGone) {
      await this.gone(composition);
      return true;
    }
    const newer = await draftsOf(this.#client, { ...composition, draftId: null, unsure: true });
    if (newer.length > 0) {
      await this.#takeNewer(key, id, newer);
      return false;
    }
    const after = this.#open.of(key);
    if (after === undefined) return false;
    this.#open.show(key, { composition: { ...after.composition, draftId: null }, saving: "unsaved" });
    await this.#open.keep(key);
    return false;
  }

  /** Another device has gone on with what lies here as it was saved: what it wrote comes in its place. */
  async #takeNewer(key: string, id: EmailId, [newer, ...others]: readonly EmailId[]): Promise<void> {
    // of several nobody knows which is gone on with
    if (newer === undefined || others.length > 0) return;
    const asked = get(MESSAGE, this.#client.accountId, [newer], WHOLE_ARGUMENTS);
    const [message] = (await this.#client.call(asked)).list;
    const now = this.#open.of(key);
    // what was written meanwhile is saved beside it
    if (message === undefined || now === undefined || draftIn(now) !== id) return;
    const writer = this.#room.writer(message.from ?? []);
    if (writer === undefined) return;
    // a draft says neither what it answers here nor when it is to go
    const { origin, sendAt } = now.composition;
    this.#open.write(key, { ...resumed(message, writer), key, origin, sendAt, tried: triedOf(now.composition) });
    await this.#open.keep(key);
  }

  /** Takes back what was sent, while the server holds it; the message lies open again. Gives its key, or the problem. */
  async unsend({ submissionId, emailId, composition }: Sent): Promise<string | Problem> {
    const problem = await callBack(this.#client, this.#room, submissionId);
    if (problem !== null) return problem;
    void this.#mark(composition, "unmark");
    // what was written while it went lies there by its key
    const key = this.#open.of(composition.key) === undefined ? composition.key : crypto.randomUUID();
    const again = {
      ...composition,
      key,
      sendAt: null,
      draftId: emailId,
      unsure: false,
      stage: "writing",
      tried: "no",
    } as const;
    this.#open.put(again, "saved");
    await this.#open.keep(key);
    return key;
  }
}
