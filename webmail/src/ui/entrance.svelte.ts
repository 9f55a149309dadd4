/** Who is in: from what an earlier page kept, from the server, or by logging in; and how one leaves, also without a network. */
import type { AccountId } from "../jmap/ids";
import { logOut } from "../jmap/login";
import { type Problem, problemOf } from "../jmap/problem";
import type { Transport } from "../jmap/transport";
import { Account } from "../model/account";
import { fetched } from "../model/fetched";
import { type Here, readHere, readLeft, writeHere, writeLeft } from "../model/here";
import { coming, inBrowser, inMemory, type Kept } from "../model/kept";
import { IMPORTING } from "../model/windows";
import { lookForRelease, registered } from "./registering";
import type { Shell } from "./shell.svelte";

/** How long after the first list, in milliseconds, what keeps it is fetched: what a person asks for goes first. */
const LATER = 3000;
/** How long who logs out waits for what was written to be saved, in milliseconds. */
const PATIENCE = 5000;
/** How long a page waits for what the browser keeps of the mail before it asks the server, in milliseconds: a slow one may need some. */
export const RECALLED = 10_000;
/** How long a person waits for each thing that the browser, which may never answer, is asked meanwhile, in milliseconds. */
export const UNANSWERED = 2500;

/** Why nobody is in: nobody was, the session has ended, or who logged out must still be logged out at the server. */
export type Out = "nobody" | "ended" | "leaving";

export type Stage =
  | { readonly kind: "starting" }
  | { readonly kind: "out"; readonly why: Out; readonly name: string }
  | { readonly kind: "in"; readonly account: Account }
  | { readonly kind: "failed"; readonly problem: Problem };

async function keeping(account: string): Promise<Kept> {
  // where the browser keeps nothing, what is written lives as long as the page
  return coming(inBrowser(account).catch(() => inMemory()));
}

/** What comes of it while somebody waits; else this. */
function inTime<T>(work: Promise<T>, otherwise: () => T, patience = UNANSWERED): Promise<T> {
  return new Promise((resolve, reject) => {
    setTimeout(() => resolve(otherwise()), patience);
    work.then(resolve, reject);
  });
}

export class Entrance {
  stage = $state.raw<Stage>({ kind: "starting" });
  /** Whether what is in this browser only may be lost, and whether imports that go on may end. */
  asked = $state.raw<{ readonly account: Account; readonly unsent: number; readonly importing: number } | null>(null);
  readonly #transport: Transport;
  readonly #shell: Pick<Shell, "preferences" | "change" | "go">;
  #leaving: Promise<void> | null = null;

  constructor(transport: Transport, shell: Pick<Shell, "preferences" | "change" | "go">) {
    this.#transport = transport;
    this.#shell = shell;
  }

  async start(): Promise<void> {
    this.stage = { kind: "starting" };
    try {
      if (!(await this.leaveFirst()) || (await this.#recall())) return;
      await this.open();
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (problem.kind === "signed-out") this.#out(readHere(localStorage) === null ? "nobody" : "ended");
      else this.stage = { kind: "failed", problem };
    }
  }

  /** The network is back. */
  online(): void {
    const { stage } = this;
    if (stage.kind === "failed" || (stage.kind === "out" && stage.why === "leaving")) void this.start();
  }

  /** Begins with whoever is logged in at the server. */
  async open(): Promise<void> {
    this.#enter(await Account.open(this.#transport, keeping, this.#options));
  }

  /** What was logged out without a network is logged out before anything else is done. Gives whether the server has been told. */
  async leaveFirst(): Promise<boolean> {
    await inTime(Promise.all(readLeft(localStorage).map((account) => this.#forgetAll(account))), () => []);
    // in another window somebody may have logged in meanwhile
    const here = readHere(localStorage);
    if (here?.stage !== "leaving") return true;
    try {
      if (here.push !== null) {
        const { endAfterwards } = await fetched(import("../model/notifying"));
        await endAfterwards(this.#transport, here.push);
      }
      await logOut(this.#transport);
    } catch (thrown) {
      if (problemOf(thrown).kind !== "signed-out") {
        this.#out("leaving");
        return false;
      }
    }
    // who logged in while the server was told stays in
    if (readHere(localStorage)?.stage === "leaving") writeHere(localStorage, null);
    return true;
  }

  /** Leaves; where something would be lost, it is asked first. Who clicks twice leaves once. */
  leave(account: Account): Promise<void> {
    this.#leaving ??= this.#leave(account).finally(() => {
      this.#leaving = null;
    });
    return this.#leaving;
  }

  async #leave(account: Account): Promise<void> {
    const { outbox, writing, kept, windows } = account;
    const saving = writing.want().then((all) => all.save());
    await inTime<unknown>(Promise.allSettled([outbox.send(), saving]), () => {}, PATIENCE);
    // another window may have logged out meanwhile, and somebody else have logged in
    if (!this.#shows(account)) return;
    // where what one writes with cannot be had nobody knows what of it the server has
    const all = () => kept.all("compositions").catch(() => new Map());
    const unsaved = await inTime(
      writing.here.value?.unsaved() ?? all().then(({ size }) => size),
      () => writing.here.value?.desk.unsaved.length ?? 0,
    );
    const unsent = outbox.waiting.value + unsaved;
    const importing = Math.max(account.importing.value, (await windows.taken(IMPORTING)).length);
    if (!this.#shows(account)) return;
    if (unsent + importing === 0) await this.leaveNow(account);
    else this.asked = { account, unsent, importing };
  }

  async leaveNow(account: Account): Promise<void> {
    this.asked = null;
    const here = readHere(localStorage);
    if (here !== null) writeHere(localStorage, { ...here, stage: "leaving" });
    // what cannot be cleared now the next page clears
    writeLeft(localStorage, [...readLeft(localStorage), account.client.accountId]);
    await this.#clear(account);
    if (await this.leaveFirst()) this.#out("nobody");
  }

  get #options(): { conversations: boolean } {
    return { conversations: this.#shell.preferences.conversations };
  }

  /** Begins with what an earlier page kept, if it kept anything that can be read. */
  async #recall(): Promise<boolean> {
    const here = readHere(localStorage);
    if (here?.stage !== "in" || !here.kept) return false;
    try {
      const { keep, replicaOf } = await fetched(import("../model/keeping"));
      const recalled = replicaOf(here.account).then(async (replica) => {
        const left = (await replica?.recalled()) ?? null;
        return replica === null || left === null ? null : { replica, left };
      });
      const found = await inTime(recalled, () => null, RECALLED);
      if (found === null) return false;
      const { replica, left } = found;
      const account = await Account.recalled(this.#transport, keeping, this.#options, left);
      keep(account, replica);
      this.#enter(account);
      return true;
    } catch {
      // of another release, or damaged: the server has it all
      return false;
    }
  }

  #enter(account: Account): void {
    const before = readHere(localStorage);
    const { accountId } = account.client;
    const { kept, push } = before?.account === accountId ? before : { kept: false, push: null };
    writeHere(localStorage, { account: accountId, name: account.name, stage: "in", kept, push });
    // what is kept from here on is not what was left
    this.#isGone(accountId);
    this.stage = { kind: "in", account };
    let broken = false;
    account.line.subscribe((line) => {
      if (broken && line.kind === "open") void lookForRelease();
      broken = line.kind === "broken";
      if (line.kind === "broken" && line.cause.kind === "signed-out") void this.#ended(account);
    });
    account.left.subscribe((left) => {
      if (!left || !this.#shows(account)) return;
      // who has logged in again since it was told has begun anew
      if (readHere(localStorage)?.stage === "in") void inTime(account.stop(), () => {}).then(() => this.start());
      else void this.#clear(account).then(() => this.#out("nobody"));
    });
    if (before !== null && before.account !== accountId) void this.#clearOf(before);
    const keep = () => this.#keep(account).catch((thrown: unknown) => void problemOf(thrown));
    void account.listed.then(() => account.around.wake(LATER, () => void keep()));
  }

  /** Nothing of whoever was here before stays. */
  async #clearOf(before: Here): Promise<void> {
    this.#shell.change({ imagesFrom: [] });
    await this.#forget(before.account);
    if (before.push !== null) await this.#silence();
  }

  /** After the first list: the page and the mail are kept; where the network has gone meanwhile, the next page does it. */
  async #keep(account: Account): Promise<void> {
    if (import.meta.env.PROD) void registered();
    // without a network the next page keeps it up
    if (this.#isTold) this.#keepUp(account).catch((thrown: unknown) => void problemOf(thrown));
    const { keep, replicaOf } = await fetched(import("../model/keeping"));
    if (account.keeper !== null) return;
    const replica = await replicaOf(account.client.accountId);
    if (replica === null || !this.#shows(account)) return;
    keep(account, replica);
    const here = readHere(localStorage);
    if (here !== null) writeHere(localStorage, { ...here, kept: true });
  }

  #shows(account: Account): boolean {
    return this.stage.kind === "in" && this.stage.account === account;
  }

  /** The server does not know who asks any more: what was written is kept, and whoever is in now goes on. */
  async #ended(account: Account): Promise<void> {
    if (!this.#shows(account)) return;
    this.asked = null;
    this.stage = { kind: "starting" };
    await inTime(account.stop(), () => {});
    try {
      await this.open();
    } catch (thrown) {
      problemOf(thrown);
      const here = readHere(localStorage);
      if (here !== null) writeHere(localStorage, { ...here, stage: "ended" });
      this.#out("ended");
    }
  }

  /** Nothing of the account stays in this browser. */
  async #clear(account: Account): Promise<void> {
    this.asked = null;
    this.stage = { kind: "starting" };
    await inTime(this.#empty(account), () => {});
    // whom one gets mail from is nobody else's to know
    this.#shell.change({ imagesFrom: [] });
    this.#shell.go({ view: "start" });
  }

  async #empty(account: Account): Promise<void> {
    const silent = this.#isTold ? this.#silence() : undefined;
    await Promise.all([account.close(), silent, this.#forget(account.client.accountId)]);
  }

  /** Whether this browser is told of new mail. */
  get #isTold(): boolean {
    return (readHere(localStorage)?.push ?? null) !== null;
  }

  async #silence(): Promise<void> {
    try {
      await (await import("./told")).tellNoMore();
    } catch {
      // without a network: the server has ended it with the login
    }
  }

  /** This browser goes on being told of new mail. */
  async #keepUp(account: Account): Promise<void> {
    const { keepTold } = await import("./told");
    await keepTold(account.client, this.#shell.preferences.language);
  }

  /** Also what an earlier page kept of it. */
  async #forget(account: string): Promise<void> {
    try {
      await (await import("../model/keeping")).forget(account);
    } catch {
      // without a network and without its script: before the next login
    }
  }

  /** Also what was written: whoever it was has logged out. */
  async #forgetAll(account: AccountId): Promise<void> {
    try {
      // who has logged in again since, in whatever window, is left nothing of
      await (await import("../model/keeping")).forgetAll(account, () => !readLeft(localStorage).includes(account));
      this.#isGone(account);
    } catch {
      // the next page tries again
    }
  }

  #isGone(account: AccountId): void {
    const left = readLeft(localStorage);
    if (left.includes(account))
      writeLeft(
        localStorage,
        left.filter((one) => one !== account),
      );
  }

  #out(why: Out): void {
    this.stage = { kind: "out", why, name: why === "ended" ? (readHere(localStorage)?.name ?? "") : "" };
  }
}
