/** How messages leave the desk: at once, when there is a connection again, by another device, or not after all. */
import type { Client } from "../jmap/client";
import type { EmailId } from "../jmap/ids";
import { type Problem, passes, problemOf } from "../jmap/problem";
import type { Composition } from "./composition";
import { draftsOf, isUncertain, stillDrafts } from "./drafts";
import type { Beside, Open, OpenMessages, Room } from "./open_messages";
import { callBack, originOf, type Sent, stageOf, submit, wentOut } from "./submitting";
import type { Turns } from "./turns";

/** The draft of the server that says all that lies here; `null` where there is none. */
function draftIn({ composition, saving }: Open): EmailId | null {
  return saving === "saved" && composition.stage === "writing" ? composition.draftId : null;
}

/** All that somebody wrote. */
function written(of: Composition): string {
  return JSON.stringify({ ...of, draftId: null, unsure: false, stage: "writing" });
}

export class Sending {
  readonly #client: Client;
  readonly #room: Room;
  readonly #open: OpenMessages;
  readonly #beside: Beside;
  readonly #turns: Turns;
  /** What was written when a try ended without an answer, by key. */
  readonly #tried = new Map<string, string>();

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
      if (now === undefined) return { kind: "refused-record", type: "notFound", detail: "", properties: [] };
      this.#beside.pauses.end(key);
      if (this.#beside.uploads.of(key).length > 0) return this.#stays(key, { kind: "offline" }, "waiting");
      this.#open.show(key, { composition: { ...now.composition, stage: "sending" }, problem: null });
      await this.#open.keep(key);
      try {
        // an earlier try may have gone, its answer lost; what was changed since is another message to whoever wrote it
        const isTried = this.#tried.get(key) === written(now.composition);
        const before = isTried ? await wentOut(this.#client, now.composition) : null;
        if (before !== null) return await this.#found(now.composition, before);
        const sent = await submit(this.#client, this.#room, now.composition, (draftId) =>
          this.#open.show(key, { composition: { ...now.composition, draftId, unsure: false } }),
        );
        await this.gone(now.composition);
        return sent;
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (isUncertain(problem)) {
          this.#open.doubt(key);
          this.#tried.set(key, written(now.composition));
          // the answer may be what was lost: whether it went is looked for before it is sent again
          const gone = await wentOut(this.#client, now.composition).catch(() => null);
          if (gone !== null) return this.#found(now.composition, gone);
        }
        this.#room.met(problem);
        const waited = now.composition.stage === "waiting";
        const isFor = passes(problem) || problem.kind === "signed-out";
        return this.#stays(key, problem, problem.kind === "offline" || (waited && isFor) ? "waiting" : "writing");
      }
    });
  }

  /** It has gone, whoever sent it: what it answers is marked. */
  async gone(composition: Composition): Promise<void> {
    this.#tried.delete(composition.key);
    await this.#open.clear(composition.key);
    void this.#mark(composition, "mark");
  }

  async #found(composition: Composition, emailId: EmailId): Promise<Sent> {
    await this.gone(composition);
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
    const waits = ({ composition }: Open) => composition.stage === "waiting";
    for (const { composition } of this.#open.all.value.filter(waits)) {
      const { key } = composition;
      // the last of its files calls again
      if (this.#beside.uploads.of(key).length > 0) continue;
      // the answer may be all that was lost
      const stage = await stageOf(this.#client, { ...composition, stage: "sending" }, this.#room.met);
      if (stage === "waiting") return { kind: "offline" };
      const now = this.#open.of(key);
      if (now === undefined || !waits(now)) continue;
      if (stage === "gone") await this.gone(composition);
      const outcome = stage === "gone" ? null : await this.send(key);
      if (outcome === null || !("kind" in outcome)) this.#room.went(null);
      else if (this.#open.of(key)?.composition.stage === "waiting") return outcome;
      else this.#room.went(outcome);
    }
    return null;
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
    if ((await wentOut(this.#client, composition)) !== null) {
      await this.gone(composition);
      return true;
    }
    const newer = await draftsOf(this.#client, { ...composition, draftId: null, unsure: true });
    // somebody writes it in another place: nothing of it is here only
    if (newer.length > 0) return false;
    const after = this.#open.of(key);
    if (after === undefined) return false;
    this.#open.show(key, { composition: { ...after.composition, draftId: null }, saving: "unsaved" });
    await this.#open.keep(key);
    return false;
  }

  /** Takes back what was sent, while the server holds it; the message lies open again. */
  async unsend({ submissionId, emailId, composition }: Sent): Promise<Problem | null> {
    const problem = await callBack(this.#client, this.#room, submissionId);
    if (problem !== null) return problem;
    void this.#mark(composition, "unmark");
    this.#open.put({ ...composition, sendAt: null, draftId: emailId, unsure: false, stage: "writing" }, "saved");
    await this.#open.keep(composition.key);
    return null;
  }
}
