/** What one does with a message that is being written: sends it, closes it, throws it away; and what is asked before. */
import type { Problem } from "../jmap/problem";
import type { Account } from "../model/account";
import { type Check, check } from "../model/checks";
import type { Composition } from "../model/composition";
import type { Open, Sent } from "../model/desk";
import type { Texts } from "../texts/en";
import { Uploads } from "./uploads.svelte";

export type Question = "discard" | "forgotten-attachment" | "no-subject";

export interface Ends {
  closed(): void;
  sent(sent: Sent): void;
}

export class Composing {
  refusal = $state("");
  question = $state<Question | null>(null);
  readonly uploads: Uploads;
  readonly #account: Account;
  readonly #key: string;
  readonly #ends: Ends;
  #passed: ReadonlySet<Check["kind"]> = new Set();

  constructor(account: Account, key: string, ends: Ends) {
    this.#account = account;
    this.#key = key;
    this.#ends = ends;
    this.uploads = new Uploads(account, (file) => {
      const there = account.desk.of(key)?.composition.attachments ?? [];
      this.change({ attachments: [...there, file] });
    });
  }

  change(change: Partial<Composition>): void {
    this.refusal = "";
    this.#account.desk.change(this.#key, change);
  }

  /** What is wrong, in words. That there is no connection is said elsewhere. */
  wrong(open: Open, texts: Texts): string {
    const problem: Problem | null = open.problem ?? this.uploads.problem;
    if (this.refusal !== "") return this.refusal;
    return problem === null || problem.kind === "offline" ? "" : texts.problem(problem);
  }

  async send(texts: Texts): Promise<void> {
    const now = this.#account.desk.of(this.#key)?.composition;
    if (now === undefined || now.stage === "sending" || this.uploads.rising.length > 0) return;
    const found = check(now, texts.attachmentWords, this.#passed);
    switch (found.kind) {
      case "no-recipient":
        this.refusal = texts.write.noRecipient;
        return;
      case "wrong-address":
        this.refusal = texts.write.wrong(found.part);
        return;
      case "forgotten-attachment":
      case "no-subject":
        this.question = found.kind;
        return;
      case "ready": {
        const outcome = await this.#account.desk.send(this.#key);
        if ("kind" in outcome) this.refusal = texts.problem(outcome);
        else this.#ends.sent(outcome);
      }
    }
  }

  /** A question was answered with yes. */
  async yes(question: Question, texts: Texts): Promise<void> {
    this.question = null;
    if (question === "discard") {
      this.#ends.closed();
      await this.#account.desk.discard(this.#key);
    } else {
      this.#passed = new Set([...this.#passed, question]);
      await this.send(texts);
    }
  }

  async close(): Promise<void> {
    this.#ends.closed();
    await this.#account.desk.close(this.#key);
  }
}
