/** Who is in: from what an earlier page kept, from the server, or by logging in; and how one leaves, also without a network. */
import { logOut } from "../jmap/login";
import { type Problem, problemOf } from "../jmap/problem";
import type { Transport } from "../jmap/transport";
import { Account } from "../model/account";
import { readHere, writeHere } from "../model/here";
import { inBrowser, inMemory, type Kept } from "../model/kept";
import type { Replica } from "../model/replica";
import { lookForRelease, registered } from "./registering";
import type { Shell } from "./shell.svelte";

/** Why nobody is in: nobody was, the session has ended, or who logged out must still be logged out at the server. */
export type Out = "nobody" | "ended" | "leaving";

export type Stage =
  | { readonly kind: "starting" }
  | { readonly kind: "out"; readonly why: Out; readonly name: string }
  | { readonly kind: "in"; readonly account: Account }
  | { readonly kind: "failed"; readonly problem: Problem };

function keeping(account: string): Promise<Kept> {
  // where the browser keeps nothing, what is written lives as long as the page
  return inBrowser(account).catch(() => inMemory());
}

export class Entrance {
  stage = $state.raw<Stage>({ kind: "starting" });
  readonly #transport: Transport;
  readonly #shell: Shell;

  constructor(transport: Transport, shell: Shell) {
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
    this.#enter(await Account.open(this.#transport, keeping, this.#options), null);
  }

  /** What was logged out without a network is logged out before anything else is done. Gives whether the server has been told. */
  async leaveFirst(): Promise<boolean> {
    const here = readHere(localStorage);
    if (here?.stage !== "leaving") return true;
    try {
      await logOut(this.#transport);
    } catch (thrown) {
      if (problemOf(thrown).kind !== "signed-out") {
        this.#out("leaving");
        return false;
      }
    }
    writeHere(localStorage, null);
    return true;
  }

  async leave(account: Account): Promise<void> {
    const here = readHere(localStorage);
    if (here !== null) writeHere(localStorage, { ...here, stage: "leaving" });
    await this.#clear(account);
    if (await this.leaveFirst()) this.#out("nobody");
  }

  get #options(): { conversations: boolean } {
    return { conversations: this.#shell.preferences.conversations };
  }

  /** Begins with what an earlier page kept, if it kept anything that can be read. */
  async #recall(): Promise<boolean> {
    const here = readHere(localStorage);
    if (here?.stage !== "in") return false;
    try {
      const { replicaOf } = await import("../model/keeping");
      const replica = await replicaOf(here.account);
      const left = (await replica?.recalled()) ?? null;
      if (replica === null || left === null) return false;
      this.#enter(await Account.recalled(this.#transport, keeping, this.#options, left), replica);
      return true;
    } catch {
      // of another release, or damaged: the server has it all
      return false;
    }
  }

  #enter(account: Account, replica: Replica | null): void {
    const before = readHere(localStorage);
    const { accountId } = account.client;
    const push = before?.account === accountId ? before.push : null;
    writeHere(localStorage, { account: accountId, name: account.name, stage: "in", push });
    this.stage = { kind: "in", account };
    let broken = false;
    account.line.subscribe((line) => {
      if (broken && line.kind === "open") void lookForRelease();
      broken = line.kind === "broken";
      if (line.kind === "broken" && line.cause.kind === "signed-out") void this.#ended(account);
    });
    account.left.subscribe((left) => {
      if (left && this.#shows(account)) void this.#clear(account).then(() => this.#out("nobody"));
    });
    const other = before !== null && before.account !== accountId ? before.account : null;
    void account.listed.then(() => this.#keep(account, replica, other));
  }

  /** After the first list: the page and the mail are kept. What was kept of somebody else goes. */
  async #keep(account: Account, read: Replica | null, other: string | null): Promise<void> {
    if (import.meta.env.PROD) void registered();
    const { forget, keep, replicaOf } = await import("../model/keeping");
    if (other !== null) await forget(other);
    const replica = read ?? (await replicaOf(account.client.accountId));
    if (replica !== null && this.#shows(account)) keep(account, replica);
  }

  #shows(account: Account): boolean {
    return this.stage.kind === "in" && this.stage.account === account;
  }

  /** The server does not know who asks any more: what was written is kept, and whoever is in now goes on. */
  async #ended(account: Account): Promise<void> {
    if (!this.#shows(account)) return;
    this.stage = { kind: "starting" };
    await account.stop();
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
    this.stage = { kind: "starting" };
    await account.close();
    // whom one gets mail from is nobody else's to know
    this.#shell.change({ imagesFrom: [] });
    this.#shell.go({ view: "start" });
  }

  #out(why: Out): void {
    this.stage = { kind: "out", why, name: why === "ended" ? (readHere(localStorage)?.name ?? "") : "" };
  }
}
