/** The desk: messages that are being written. Kept here every second, on the server every few, sent once. */
import type { Client } from "../jmap/client";
import type { SubmissionId } from "../jmap/ids";
import { type Problem, passes, problemOf } from "../jmap/problem";
import { type Attached, type Composition, isEmpty, isOtherwise, restored, triedOf, wasSaved } from "./composition";
import { Discarded } from "./discarded";
import { draft, isUncertain } from "./drafts";
import { calledFor, Holds } from "./holds";
import type { Kept } from "./kept";
import { Value } from "./observable";
import { type Beside, type Open, OpenMessages, type Room, type Saving } from "./open_messages";
import { Pauses } from "./pauses";
import { Sending, stopsAll } from "./sending";
import { callBack, type Sent, stageOf } from "./submitting";
import { Turns } from "./turns";
import { type Picked, Uploads, waitsOf } from "./uploads";
import type { Windows } from "./windows";

/** After how many milliseconds of quiet a change is kept here, and on the server. */
export const KEEP_AFTER = 1000;
export const SAVE_AFTER = 4000;
/** After how many milliseconds what the server could not take is tried again. */
export const AGAIN = 30_000;

export class Desk {
  readonly open: Value<readonly Open[]>;
  readonly uploads: Uploads;
  /** The message that was asked for in another window. */
  readonly called = new Value<string | null>(null);
  /** The file that came last. */
  readonly arrived = new Value<{ readonly key: string; readonly file: Attached } | null>(null);
  readonly #client: Client;
  readonly #room: Room;
  readonly #beside: Beside;
  readonly #messages: OpenMessages;
  readonly #sending: Sending;
  readonly #discarded: Discarded;
  #going: Promise<void> | null = null;
  /** Saves and sends of a message. */
  readonly #turns = new Turns();

  constructor(client: Client, kept: Kept, room: Room, windows: Windows) {
    this.#client = client;
    this.#room = room;
    this.uploads = new Uploads(client, kept, room, {
      arrived: (key, file, place) => this.#attached(key, file, place),
      failed: (key, problem) => this.#unattached(key, problem),
    });
    this.#beside = { uploads: this.uploads, pauses: new Pauses(room.around.wake), holds: new Holds(windows) };
    this.#messages = new OpenMessages(kept, this.#beside);
    this.open = this.#messages.all;
    this.#discarded = new Discarded(client, this.#messages);
    this.#sending = new Sending(client, room, this.#messages, this.#beside, this.#turns);
  }

  /** Takes up what an earlier page left open and no other window has. What was being sent when that page ended is looked for
   * before it is shown; without a network it waits for one. */
  takeUp(which: "all" | "waiting" = "all"): Promise<void> {
    // one run after another: what the one before has sent or closed is not put back
    return this.#turns.after("taking up", () => this.#takeUp(which));
  }

  async #takeUp(which: "all" | "waiting"): Promise<void> {
    const there = await this.#messages.kept();
    if (there === null) return;
    this.#discarded.takeUp(there);
    if (which === "all") await this.uploads.tidy(new Set(there.keys()));
    const found = [...there].flatMap(([key, value]) => (this.of(key) === undefined ? (restored(value) ?? []) : []));
    const wanted = found.filter(({ stage }) => which === "all" || stage === "waiting");
    const taken = await Promise.all(wanted.map((composition) => this.#beside.holds.take(composition)));
    // while this one waited for its turn another window may have changed or sent it
    const left = (await this.#messages.kept()) ?? there;
    for (const { key } of wanted.filter((_, index) => taken[index])) {
      const value = left.get(key);
      const composition = restored(value);
      const stage = composition === null ? "gone" : await stageOf(this.#client, composition, this.#room.met);
      if (composition === null) this.#beside.holds.letGo(key);
      else if (stage === "gone") await this.#sending.gone(composition);
      else {
        // before it lies there: it does not go without them
        await this.uploads.takeUp(key, value);
        if (this.of(key) !== undefined) continue;
        const lost = this.uploads.of(key).some(({ at }) => at.kind === "lost");
        this.put({ ...composition, stage: lost ? "writing" : stage }, wasSaved(value) ? "saved" : "here");
      }
    }
  }

  of(key: string): Open | undefined {
    return this.#messages.of(key);
  }

  /** The page goes: what was written last is kept at once. */
  async keepAll(): Promise<void> {
    await Promise.all(this.open.value.map(({ composition }) => this.#messages.keep(composition.key)));
  }

  /** The messages that are in this browser only. */
  get unsaved(): readonly Open[] {
    const isKept = ({ composition, saving }: Open) =>
      this.uploads.of(composition.key).length === 0 &&
      composition.stage !== "sending" &&
      (saving === "saved" || this.#isEmpty(composition));
    return this.open.value.filter((one) => !isKept(one));
  }

  /** Whether something lives as long as this page only. */
  get wouldLose(): boolean {
    return this.uploads.wouldLose || this.unsaved.some(({ composition }) => this.#messages.isFleeting(composition.key));
  }

  async saveAll(): Promise<void> {
    await Promise.all(this.unsaved.map(({ composition }) => this.save(composition.key)));
  }

  /** What the browser keeps of messages that lie on no desk here and that the server does not have, by key. */
  async left(): Promise<readonly string[]> {
    const isHere = ([key, value]: readonly [string, unknown]) => {
      const composition = restored(value);
      if (composition === null || this.of(key) !== undefined) return false;
      return !this.#isEmpty(composition) && !(wasSaved(value) && waitsOf(value).length === 0);
    };
    return [...((await this.#messages.kept()) ?? [])].filter(isHere).map(([key]) => key);
  }

  /** Who writes leaves: nothing is kept or saved any more, and other windows may go on. */
  end(): void {
    this.#beside.pauses.endAll();
    this.#beside.holds.end();
    this.uploads.end();
    this.open.set([]);
  }

  /** Puts a message on the desk; `false` where it lies open in another window, which is asked to show it. */
  async begin(composition: Composition): Promise<boolean> {
    const isHere = await this.#beside.holds.take(composition);
    if (isHere) this.put(composition);
    else this.#beside.holds.call(composition);
    return isHere;
  }

  /** Another window told something: that one is wanted which lies open here, perhaps. */
  hear(message: unknown): void {
    const wanted = calledFor(message);
    const found = this.open.value.find(({ composition }) => composition.messageId === wanted);
    if (found !== undefined) this.called.set(found.composition.key);
  }

  put(composition: Composition, saving: Saving = "saved"): void {
    this.#messages.put(composition, saving);
  }

  change(key: string, change: Partial<Composition>): void {
    const now = this.of(key);
    if (now === undefined) return;
    const { stage } = now.composition;
    const tried = isOtherwise(now.composition, change) ? triedOf(now.composition) : now.composition.tried;
    // who goes on writing does not want it to go as it is
    const next = { ...now.composition, stage: stage === "waiting" ? "writing" : stage, tried, ...change };
    this.#messages.show(key, { composition: next, saving: "unsaved" });
    this.#saveLater(key);
  }

  /** Files that come with it: kept at once, and attached when the server has them. */
  async attach(key: string, files: readonly Picked[]): Promise<void> {
    if (files.length === 0 || this.of(key) === undefined) return;
    this.change(key, {});
    this.uploads.add(key, files);
    await this.#messages.keep(key);
  }

  /** A file that is on its way is not to come. */
  async detach(key: string, id: string): Promise<void> {
    await this.uploads.remove(id);
    await this.#messages.keep(key);
  }

  /** Somebody looks at it: it stays on the desk when its files have come. */
  looked(key: string): void {
    this.#messages.closing.delete(key);
    this.called.set(null);
  }

  /** Keeps a draft on the server. What goes wrong stands beside the message; it stays here. */
  save(key: string): Promise<void> {
    return this.#turns.after(key, async () => {
      const now = this.of(key);
      if (now === undefined || now.composition.stage !== "writing") return;
      this.#beside.pauses.end(key);
      this.#messages.show(key, { saving: "saving" });
      this.#messages.date(key);
      await this.#messages.keep(key);
      try {
        // no draft is made of what has gone
        if (await this.#sending.clearGone(key)) return this.#room.went(null);
        const composition = this.of(key)?.composition;
        if (composition === undefined) return;
        const { change, isForked } = await draft(this.#client, this.#room, composition);
        const after = this.of(key);
        if (after === undefined) return;
        const unchanged = after.composition === composition && !change.unsure;
        this.#messages.write(key, change);
        this.#messages.show(key, { saving: unchanged ? "saved" : "unsaved", problem: null });
        if (isForked) {
          this.#messages.show(key, { isForked });
          await this.#sending.another(after.composition, change);
        } else await this.#messages.keep(key);
        if (change.unsure) this.#saveLater(key);
      } catch (thrown) {
        const problem = problemOf(thrown);
        if (isUncertain(problem)) this.#messages.doubt(key);
        this.#messages.show(key, { saving: this.#messages.isFleeting(key) ? "unsaved" : "here", problem });
        this.#room.met(problem);
        this.#tryAgain(problem);
      }
    });
  }

  /** Sends. Gives what can take it back, or the problem; the message stays on the desk then. */
  send(key: string): Promise<Sent | Problem> {
    return this.#sending.send(key);
  }

  /** There may be a connection again: what waits for one goes, what is here only is saved. What cannot go lies open again. */
  sendWaiting(): Promise<void> {
    this.#going ??= this.#goOn().finally(() => {
      this.#going = null;
    });
    return this.#going;
  }

  async #goOn(): Promise<void> {
    await this.#discarded.destroy();
    const inTheWay = await this.#sending.sendWaiting();
    if (inTheWay !== null) {
      this.#tryAgain(inTheWay);
      if (stopsAll(inTheWay)) return;
    }
    const isHere = ({ saving, problem }: Open) =>
      problem === null ? saving === "here" : saving !== "saved" && passes(problem);
    for (const { composition } of this.open.value.filter(isHere)) {
      const { key } = composition;
      await (this.#messages.closing.has(key) ? this.close(key) : this.save(key));
    }
  }

  /** What may go later by itself is tried again after a while; without a connection, when there is one. */
  #tryAgain(problem: Problem): void {
    if (!passes(problem)) return;
    const told = problem.kind === "slow-down" ? (problem.seconds ?? 0) * 1000 : 0;
    const again = () => {
      if (this.#room.line.value.kind === "open") void this.sendWaiting();
    };
    this.#beside.pauses.after("again", [Math.max(AGAIN, told), again]);
  }

  /** Looks whether what lies here, saved, is a draft still. Gives how many have gone. */
  lookAfter(): Promise<number> {
    return this.#sending.lookAfter();
  }

  /** Takes back what was sent, while the server holds it; the message lies open again. Gives its key, or the problem. */
  unsend(sent: Sent): Promise<string | Problem> {
    return this.#sending.unsend(sent);
  }

  /** Calls back what the server holds: its message is a draft again. */
  callBack(submissionId: SubmissionId | null): Promise<Problem | null> {
    return callBack(this.#client, this.#room, submissionId);
  }

  /** Closes it, saved; a message with nothing in it goes, and one whose files are on their way stays until they have come. */
  async close(key: string): Promise<void> {
    const now = this.of(key);
    if (now === undefined) return;
    const files = this.uploads.of(key).length;
    if (files === 0 && this.#isEmpty(now.composition)) return this.discard(key);
    this.#messages.closing.add(key);
    if (now.saving !== "saved") await this.save(key);
    const after = this.of(key);
    // what somebody has not read yet of it stays for him
    const isTold = after?.isForked === now.isForked;
    if (after?.saving === "saved" && isTold && this.uploads.of(key).length === 0) await this.#messages.clear(key);
  }

  /** Throws it away, here and on the server; there when it can be asked. */
  async discard(key: string): Promise<void> {
    await this.#turns.after(key, () => this.#discarded.add(key));
    await this.#discarded.destroy();
  }

  /** The server has a file. What says so is kept in the place of the file, at once. */
  async #attached(key: string, file: Attached, place: string): Promise<void> {
    const now = this.of(key);
    if (now === undefined) return;
    const { attachments } = now.composition;
    // a page that ended in between had it already
    const known = attachments.some(
      ({ blobId, name, cid }) => blobId === file.blobId && name === file.name && cid === file.cid,
    );
    const composition = known
      ? now.composition
      : { ...now.composition, attachments: [...attachments, file], tried: triedOf(now.composition) };
    this.#messages.show(key, { composition, saving: "unsaved" });
    this.arrived.set({ key, file });
    await this.#messages.keepWith(key, place);
    if (composition.stage === "writing") this.#saveLater(key);
    if (this.uploads.of(key).length > 0) return;
    await this.#going;
    if (composition.stage === "waiting") void this.sendWaiting();
    else if (this.#messages.closing.has(key)) void this.close(key);
  }

  /** The server does not take a file: its message does not go without it. */
  #unattached(key: string, problem: Problem): void {
    this.#messages.closing.delete(key);
    const now = this.of(key);
    if (now?.composition.stage !== "waiting") return;
    this.#messages.show(key, { composition: { ...now.composition, stage: "writing" } });
    void this.#messages.keep(key);
    this.#room.went(problem);
  }

  #isEmpty(composition: Composition): boolean {
    return isEmpty(composition, this.#room.identity(composition));
  }

  #saveLater(key: string): void {
    this.#beside.pauses.after(
      key,
      [KEEP_AFTER, () => void this.#messages.keep(key)],
      [SAVE_AFTER, () => void this.save(key)],
    );
  }
}
