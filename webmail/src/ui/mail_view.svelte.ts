/** What the panes share: where the cursor is, what is selected, what is asked and what is being written; and what acts do to that. */
import { tick } from "svelte";
import type { EmailId, MailboxId } from "../jmap/ids";
import type { Mailbox, Message } from "../jmap/mail";
import type { Label, SavedSearch } from "../jmap/own";
import { problemOf } from "../jmap/problem";
import type { Account } from "../model/account";
import { destroyedWith } from "../model/acting";
import type { Composition } from "../model/composition";
import type { Desk } from "../model/desk";
import { fetched } from "../model/fetched";
import type { Gone } from "../model/held";
import { choices, type Tag } from "../model/labels";
import type { MessageList } from "../model/list";
import type { Branch } from "../model/mailboxes";
import { filter, type Names, terms, written } from "../model/search";
import { extended, nothing, reach, type Selection, toggled } from "../model/selection";
import { Turns } from "../model/turns";
import type { Answering } from "./answering";
import { labelCalled, mailboxCalled } from "./called";
import { type Doing, doNow } from "./doing";
import type { Shell } from "./shell.svelte";
import { tagName } from "./tag";

/** For how many milliseconds the list rests before the messages in sight are fetched ahead. */
const REST = 250;
/** For how many milliseconds keys wait for one before them: a server or a browser that does not answer keeps no key for ever. */
const PATIENCE = 5000;

/** What is asked before something is done, or how something is arranged. */
export type Asked =
  | { readonly what: "move" | "label"; readonly ids: readonly EmailId[] }
  | { readonly what: "destroy"; readonly ids: readonly EmailId[]; readonly exact: readonly EmailId[] }
  | { readonly what: "edit-label"; readonly label: Label | null }
  | { readonly what: "edit-search"; readonly search: SavedSearch | null; readonly text: string }
  | { readonly what: "mailbox"; readonly mailbox: Mailbox }
  | { readonly what: "new-mailbox"; readonly parent: MailboxId | null }
  | { readonly what: "hidden-mailboxes" };

export class MailView {
  cursor = $state<EmailId | null>(null);
  selection = $state.raw<Selection<EmailId>>(nothing());
  /** The message on top of the desk. */
  active = $state<string | null>(null);
  asked = $state.raw<Asked | null>(null);
  /** What decides which list there is. */
  readonly place = $derived.by(() => {
    const { route } = this.shell;
    if (route.view === "mailbox") return JSON.stringify([route.mailbox, route.only]);
    return route.view === "search" ? `search ${route.typed}` : route.view;
  });
  #resting: ReturnType<typeof setTimeout> | undefined;
  /** What names in a search mean. */
  readonly names: Names = {
    mailbox: (name) => this.find(name),
    label: (name) =>
      labelCalled(name, choices(this.account.own.labels.all.value, []), (tag) => tagName(tag, this.shell.texts)),
  };
  readonly #keys = new Turns();
  /** How many keys had no end in time. */
  #endless = 0;
  /** Called when a message was closed: the list has the focus again. */
  closed: () => void = () => {};

  constructor(
    readonly shell: Shell,
    readonly account: Account,
  ) {}

  name({ role, mailbox }: Pick<Branch, "role" | "mailbox">): string {
    return role === null ? mailbox.name : this.shell.texts.roles[role];
  }

  /** A mailbox by what a person calls it. */
  find(called: string): MailboxId | undefined {
    return mailboxCalled(called, this.account.mailboxes.all.value, (branch) => this.name(branch));
  }

  /** What one types to find what has a label. */
  searchOf(tag: Pick<Tag, "name" | "keyword">): string {
    return written(this.shell.texts.search.operators.label, tagName(tag, this.shell.texts));
  }

  /** Whether one looks at what this finds. */
  isSearchOf(text: string): boolean {
    return this.shell.route.view === "search" && this.shell.route.typed === text;
  }

  showTag(tag: Tag): void {
    this.shell.go({ view: "search", typed: this.searchOf(tag), email: null });
  }

  /** Shows the list of where one is. */
  look(): void {
    const { shell, account } = this;
    const { route } = shell;
    this.cursor = shell.email;
    this.selection = nothing();
    this.asked = null;
    if (route.view === "mailbox") {
      account.look({ kind: "mailbox", id: route.mailbox, only: route.only });
    } else if (route.view === "search") {
      account.look({ kind: "search", filter: filter(terms(route.typed, this.names)) });
    } else if (route.view === "start") {
      shell.goInstead({ view: "mailbox", mailbox: account.place("inbox"), only: [], email: null });
    }
  }

  /** Resolves when the list that is looked at has its first rows, or cannot have them. */
  async settled(): Promise<void> {
    // the list of a place is made when the place has been drawn
    await tick();
    await this.account.list.value?.need(0, 1);
  }

  open(id: EmailId): void {
    this.cursor = id;
    this.shell.openEmail(id);
    const index = this.account.list.value?.indexOf(id) ?? -1;
    if (index >= 0) this.#ahead(index + 1, index + 3);
  }

  /** Selects as far as this row, with what lies between and nobody has looked at; from another on, where nothing is selected. */
  async extend(list: MessageList, to: EmailId, from: EmailId | null): Promise<void> {
    if (this.selection.anchor === null && from !== null) this.selection = toggled(this.selection, from);
    try {
      await reach(this.selection, to, list);
      if (this.account.list.value === list) this.selection = extended(this.selection, to, list);
    } catch (thrown) {
      this.account.refused(problemOf(thrown));
    }
  }

  /** These rows are in sight: when they stay there, any of them may be opened. */
  seen(from: number, to: number): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => this.#ahead(from, to), REST);
  }

  #ahead(from: number, to: number): void {
    const { account } = this;
    const rows = account.list.value?.range(from, to) ?? [];
    account.messages.ahead(rows.flatMap((id) => account.shownFirst(id)));
  }

  /** What a key asks for comes after what keys before it asked for: a step may wait for rows, and what is meant is where it leads. In
   * another place, or behind what is asked meanwhile, it would be about something else; nor is it known what is meant where a key before
   * it has had no end in time. */
  inTurn(run: () => unknown): void {
    const { place, account } = this;
    const before = this.#endless;
    const turn = async () => {
      if (this.place !== place || this.asked !== null || this.#endless !== before) return;
      await this.#inTime(async () => await run());
    };
    this.#keys.after("cursor", turn).catch((thrown) => account.refused(problemOf(thrown)));
  }

  async #inTime(run: () => Promise<unknown>): Promise<void> {
    let unwake = () => {};
    const late = new Promise<void>((resolve) => {
      unwake = this.account.around.wake(PATIENCE, () => {
        this.#endless += 1;
        resolve();
      });
    });
    await Promise.race([run(), late]).finally(unwake);
  }

  back(): void {
    this.shell.openEmail(null);
    setTimeout(() => this.closed());
  }

  /** Does it, or asks first. */
  async act(what: Doing, ids: readonly EmailId[]): Promise<void> {
    if (ids.length === 0) return;
    if (what === "move" || what === "label") this.asked = { what, ids };
    else if (what === "destroy") await this.#askDestroy(ids);
    else await this.#follow(ids, () => doNow(this.account, what, ids));
  }

  /** With the number of all that goes: a row may be a conversation that nobody has looked at. */
  async #askDestroy(ids: readonly EmailId[]): Promise<void> {
    const { account } = this;
    const list = account.list.value;
    try {
      const exact = (await destroyedWith(account, ids)).map(({ id }) => id);
      // whoever went elsewhere or is asked something else meanwhile means these no more
      if (account.list.value === list && this.asked === null) this.asked = { what: "destroy", ids, exact };
    } catch (thrown) {
      account.refused(problemOf(thrown));
    }
  }

  async moveTo(to: MailboxId): Promise<void> {
    await this.#answered((ids) => this.account.move(ids, to, "moved"));
  }

  async destroy(): Promise<void> {
    // what was counted goes, whatever came to its conversations meanwhile
    const exact = this.asked?.what === "destroy" ? this.asked.exact : [];
    await this.#answered(() => this.account.destroy(exact));
  }

  async #answered(yes: (ids: readonly EmailId[]) => Promise<void>): Promise<void> {
    const ids = this.asked !== null && "ids" in this.asked ? this.asked.ids : [];
    this.asked = null;
    await this.#follow(ids, () => yes(ids));
  }

  /** What leaves the list gives its place to the next. */
  async #follow(ids: readonly EmailId[], run: () => Promise<void>): Promise<void> {
    const list = this.account.list.value;
    const [first] = ids;
    const index = first === undefined ? -1 : (list?.indexOf(first) ?? -1);
    await run();
    if (list === null || first === undefined || index < 0 || list.indexOf(first) >= 0) return;
    this.selection = nothing();
    this.cursor = list.at(Math.min(index, list.total - 1)) ?? null;
    if (this.shell.email !== null && ids.includes(this.shell.email)) this.back();
  }

  async write(): Promise<void> {
    await this.#begin(({ begun }) => begun(this.account, this.shell));
  }

  async writeTo(address: string, words?: { readonly subject: string; readonly text: string }): Promise<void> {
    await this.#begin(({ begun }) => begun(this.account, this.shell, { to: address, ...words }));
  }

  async answerTo(how: Answering, message: Message): Promise<void> {
    await this.#begin(({ answer }, desk) => answer(how, message, this.account, desk, this.shell));
  }

  /** What is made lies open; where another window has it, that one shows it. */
  async #begin(make: (from: typeof import("./answering"), desk: Desk) => Promise<Composition | null>): Promise<void> {
    const { notice, writing } = this.account;
    try {
      const [answering, { desk }] = await Promise.all([fetched(import("./answering")), writing.want()]);
      const composition = await make(answering, desk);
      if (composition === null) return;
      const isOpen = desk.of(composition.key) !== undefined;
      if (isOpen || (await desk.begin(composition))) this.active = composition.key;
      else notice.set({ kind: "elsewhere" });
    } catch (thrown) {
      notice.set({ kind: "refused", problem: problemOf(thrown) });
    }
  }

  async unsend(gone: Gone): Promise<void> {
    const { held } = await this.account.writing.want();
    const outcome = await held.takeBack(gone);
    if (typeof outcome === "string") this.active = outcome;
    else if (outcome !== null) this.account.notice.set({ kind: "refused", problem: outcome });
  }

  /** Takes back what was done or sent last. */
  undo(): void {
    const { notice, writing } = this.account;
    const done = notice.value?.kind === "done" && notice.value.undo !== null ? notice.value : null;
    const gone = writing.here.value?.held.newest(done);
    if (gone === undefined) done?.undo?.();
    else void this.unsend(gone);
  }
}
