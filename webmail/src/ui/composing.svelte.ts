/** What one does with a message that is being written: sends it, closes it, throws it away; and what is asked before. */
import type { Identity, Message } from "../jmap/mail";
import type { Account } from "../model/account";
import { type Check, check } from "../model/checks";
import { attached, type Composition, type Form, sentBy } from "../model/composition";
import { body, htmlOf } from "../model/contents";
import type { Desk } from "../model/desk";
import { inForm, isFormatted } from "../model/forms";
import type { Open } from "../model/open_messages";
import { htmlOfText, insideOf, signatureHtml } from "../model/rich";
import type { Sent } from "../model/submitting";
import { ATTACHMENT_WORDS, WRITING, type WritingTexts } from "../texts/writing";
import type { Shell } from "./shell.svelte";

export type Question = "discard" | "lose-format" | "forgotten-attachment" | "no-subject" | "many-recipients";

export interface Ends {
  closed(): void;
  sent(sent: Sent): void;
}

/** The editor of a formatted text, as far as the composer needs it. */
export interface RichWriting {
  /** What was typed last becomes part of the message now. */
  flush(): void;
  sign(html: string): void;
  picture(cid: string, name: string): void;
  /** Puts a text of another message where the cursor is. */
  insert(html: string): void;
}

/** Pictures that every program shows. */
const SHOWN = /^image\/(?:png|jpeg|gif|webp)$/;

export class Composing {
  refusal = $state("");
  question = $state<Question | null>(null);
  rich: RichWriting | null = null;
  readonly #shell: Pick<Shell, "texts" | "preferences">;
  readonly #account: Account;
  readonly #desk: Desk;
  readonly #key: string;
  readonly #ends: Ends;
  #passed: ReadonlySet<Check["kind"]> = new Set();

  constructor(shell: Pick<Shell, "texts" | "preferences">, account: Account, desk: Desk, key: string, ends: Ends) {
    this.#shell = shell;
    this.#account = account;
    this.#desk = desk;
    this.#key = key;
    this.#ends = ends;
    desk.looked(key);
  }

  /** Shows pictures in the text when they have come. Gives what ends that. */
  follow(): () => void {
    const { arrived } = this.#desk;
    const before = arrived.value;
    return arrived.subscribe((come) => {
      if (come === before || come === null || come.key !== this.#key || come.file.cid === null) return;
      this.rich?.picture(come.file.cid, come.file.name);
    });
  }

  get #texts(): WritingTexts {
    return WRITING[this.#shell.preferences.language];
  }

  get #now(): Composition | undefined {
    return this.#desk.of(this.#key)?.composition;
  }

  change(change: Partial<Composition>): void {
    this.refusal = "";
    this.#desk.change(this.#key, change);
  }

  /** Attaches files; pictures stand in a formatted text. */
  add(files: readonly File[]): void {
    const isShown = ({ type }: File) => this.rich !== null && SHOWN.test(type);
    this.attach(files, (file) => (isShown(file) ? `${crypto.randomUUID()}@webmail` : null));
  }

  /** Attaches files; `cid` names those that stand in the text. */
  attach(files: readonly File[], cid: (file: File) => string | null = () => null): void {
    this.refusal = "";
    void this.#desk.attach(
      this.#key,
      files.map((file) => ({ file, cid: cid(file) })),
    );
  }

  /** Another identity sends, with its signature. */
  from(identity: Identity): void {
    this.rich?.flush();
    const now = this.#now;
    const before = this.#account.identities.value.find(({ id }) => id === now?.identityId);
    if (now === undefined || before === undefined) return;
    this.change(sentBy(now, before, identity));
    if (now.html !== null) this.rich?.sign(signatureHtml(identity));
  }

  /** Goes on in another form; what would be lost is asked about first. */
  inForm(form: Form): void {
    this.rich?.flush();
    const now = this.#now;
    if (now === undefined) return;
    if (form === "plain" && this.rich !== null && isFormatted(now)) this.question = "lose-format";
    else this.change(inForm(now, form));
  }

  /** The message as it is now, to the last letter. */
  settled(): Composition | null {
    this.rich?.flush();
    return this.#now ?? null;
  }

  /** Puts a template into the message: its text where one writes, its subject where there is none, its files. */
  insert(template: Message): void {
    const now = this.settled();
    if (now === null) return;
    const files = attached(template);
    const subject = now.subject.trim() === "" ? (template.subject ?? "") : now.subject;
    this.change({ subject, attachments: [...now.attachments, ...files] });
    const html = htmlOf(template);
    if (this.rich !== null) this.rich.insert(html === null ? htmlOfText(body(template).text) : insideOf(html));
    else this.change({ text: `${body(template).text}${now.text}` });
  }

  /** What is wrong, in words. That there is no connection the state of the message says; what is wrong with a file stands at it. */
  wrong({ problem }: Open): string {
    if (this.refusal !== "") return this.refusal;
    return problem === null || problem.kind === "offline" ? "" : this.#shell.texts.problem(problem);
  }

  async send(sendAt: number | null = null): Promise<void> {
    this.rich?.flush();
    const now = this.#now;
    if (now === undefined || now.stage === "sending") return;
    const files = this.#desk.uploads.of(this.#key);
    const missing = files.find(({ at }) => at.kind === "failed" || at.kind === "lost");
    if (missing !== undefined) {
      this.refusal = this.#texts.write.without(missing.name);
      return;
    }
    if (now.sendAt !== sendAt) this.change({ sendAt });
    const passed = files.length === 0 ? this.#passed : new Set([...this.#passed, "forgotten-attachment" as const]);
    const found = check({ ...now, sendAt }, ATTACHMENT_WORDS, passed);
    switch (found.kind) {
      case "no-recipient":
        this.refusal = this.#texts.write.noRecipient;
        return;
      case "wrong-address":
        this.refusal = this.#texts.write.wrong(found.part);
        return;
      case "forgotten-attachment":
      case "many-recipients":
      case "no-subject":
        this.question = found.kind;
        return;
      case "ready": {
        const outcome = await this.#desk.send(this.#key);
        // without a connection it waits beside
        if ("kind" in outcome && outcome.kind === "offline") this.#ends.closed();
        else if ("kind" in outcome) this.refusal = this.#shell.texts.problem(outcome);
        else this.#ends.sent(outcome);
      }
    }
  }

  /** A question was answered with yes. */
  async yes(question: Question): Promise<void> {
    this.question = null;
    const now = this.#now;
    if (question === "discard") {
      this.#ends.closed();
      await this.#desk.discard(this.#key);
    } else if (question === "lose-format") {
      if (now !== undefined) this.change(inForm(now, "plain"));
    } else {
      this.#passed = new Set([...this.#passed, question]);
      await this.send(now?.sendAt ?? null);
    }
  }

  /** All recipients that everybody would see become ones that nobody sees. */
  hideRecipients(): void {
    this.question = null;
    const now = this.#now;
    if (now === undefined) return;
    const all = [now.bcc, now.to, now.cc].filter((typed) => typed.trim() !== "");
    this.change({ to: "", cc: "", bcc: all.join(", ") });
  }

  async close(): Promise<void> {
    this.rich?.flush();
    this.#ends.closed();
    await this.#desk.close(this.#key);
  }
}
