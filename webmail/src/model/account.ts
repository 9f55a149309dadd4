/** One account as the views see it: its mailboxes, the list that is looked at, acts with undo, what one writes with, and the line to the server. */
import { Batch } from "../jmap/batch";
import { Client } from "../jmap/client";
import type { EmailId, MailboxId, State, ThreadId } from "../jmap/ids";
import { type Email, IDENTITY, type Identity } from "../jmap/mail";
import { get, type Question } from "../jmap/methods";
import { type Problem, problemOf } from "../jmap/problem";
import { type Changed, PING, Push } from "../jmap/push";
import { expand, offers, SUBMISSION } from "../jmap/session";
import { type Surroundings, surroundings } from "../jmap/surroundings";
import type { Transport } from "../jmap/transport";
import { actOn, destroyExactly } from "./acting";
import { type Deed, type Labelling, labelled, type Mark, type Move, marked, moved } from "./acts";
import { Emails } from "./emails";
import { Part } from "./fetched";
import type { Kept } from "./kept";
import type { KeptCards } from "./kept_cards";
import { MessageList, NEWEST_FIRST } from "./list";
import { Mailboxes, type Role } from "./mailboxes";
import { Messages } from "./messages";
import type { Line, Notice } from "./notice";
import { Value } from "./observable";
import { Outbox } from "./outbox";
import type { Patches } from "./patch";
import { filterOf, type Place } from "./place";
import { Planned } from "./planned";
import { Registers } from "./registers";
import type { Keeper, KeptList, Snapshot } from "./replica";
import { Sync } from "./sync";
import { UNDO_SECONDS } from "./undo_send";
import { LEFT, ofBrowser, type Windows } from "./windows";
import type { Writing } from "./writing";

export interface Options {
  readonly conversations: boolean;
  readonly around?: Surroundings;
  readonly windows?: Windows;
}

export class Account {
  readonly client: Client;
  readonly mailboxes = new Mailboxes();
  readonly emails: Emails;
  readonly messages: Messages;
  readonly outbox: Outbox;
  /** It comes when the first list is there, or when it is wanted sooner. */
  readonly writing = new Part(() => this.#makeWriting());
  readonly planned: Planned;
  readonly own: Registers;
  readonly identities = new Value<readonly Identity[]>([]);
  readonly list = new Value<MessageList | null>(null);
  readonly notice = new Value<Notice | null>(null);
  readonly line = new Value<Line>({ kind: "open" });
  /** What the server last said had changed here, by type. */
  readonly pushed = new Value<ReadonlyMap<string, State>>(new Map());
  readonly windows: Windows;
  readonly around: Surroundings;
  /** What was seen of mailboxes, by question: a later look begins with it. */
  readonly lists = new Map<string, KeptList>();
  keeper: Keeper | null = null;
  /** The address book, where the browser keeps it. */
  cards: KeptCards | null = null;
  /** For how long what is sent can be taken back. */
  undoSeconds = UNDO_SECONDS;
  /** How many imports go on, wherever one looks: they end with the page. */
  readonly importing = new Value(0);
  /** Another window has logged out: so does this one. */
  readonly left = new Value(false);
  /** Nobody works with it any more: what goes on by itself ends. */
  readonly ended = new Value(false);
  readonly #sync: Sync;
  readonly #push: Push;
  readonly kept: Kept;
  /** Resolves when the first list is there, or cannot be had. */
  readonly listed: Promise<void>;
  #listed: () => void = () => {};
  #place: Place | null = null;
  #conversations: boolean;
  /** What an earlier page left is shown; what does not change by pieces is asked for anew first. */
  #recalled = false;
  #renewing: Promise<void> | null = null;

  private constructor(client: Client, kept: Kept, options: Options) {
    this.around = options.around ?? surroundings;
    this.client = client;
    this.listed = new Promise((resolve) => {
      this.#listed = resolve;
    });
    this.kept = kept;
    this.#conversations = options.conversations;
    this.emails = new Emails(client);
    this.messages = new Messages(client);
    this.#sync = new Sync(client, this.mailboxes, this.emails);
    const reports = {
      refused: (problem: Problem) => this.refused(problem),
      stopped: (problem: Problem | null) => this.#line(problem),
    };
    this.windows = options.windows ?? ofBrowser(client.accountId);
    this.outbox = new Outbox(client, this.emails, kept, reports, this.windows);
    this.windows.hear((message) => this.#heard(message));
    this.planned = new Planned(client);
    this.own = new Registers(client);
    this.emails.changed.subscribe(() => this.list.value?.settle());
    const url = expand(client.session.eventSourceUrl, { types: "*", closeafter: "no", ping: String(PING) });
    this.#push = new Push(
      url,
      {
        changed: (changed) => this.#changed(changed),
        connected: () => {
          void this.follow();
          this.own.connected();
        },
        // whether the network, the server or the login went, the next question tells
        lost: () => void this.follow(),
      },
      this.around,
    );
  }

  /** Begins where somebody is logged in; fails with `signed-out` where not. */
  static async open(
    transport: Transport,
    keeping: (account: string) => Promise<Kept>,
    options: Options,
  ): Promise<Account> {
    const client = await Client.begin(transport);
    const account = new Account(client, await keeping(client.accountId), options);
    await account.#begin();
    account.#push.start();
    account.outbox.takeUp().catch((thrown: unknown) => account.#line(problemOf(thrown)));
    return account;
  }

  /** Begins with what an earlier page of the same person left; what changed since is asked for beside. */
  static async recalled(
    transport: Transport,
    keeping: (account: string) => Promise<Kept>,
    options: Options,
    left: Snapshot,
  ): Promise<Account> {
    const client = Client.recalled(transport, left.session);
    const account = new Account(client, await keeping(client.accountId), options);
    account.#recalled = true;
    account.mailboxes.replace(left.mailboxes);
    account.mailboxes.state = left.mailboxState;
    account.identities.set(left.identities);
    account.own.recall(left);
    account.emails.takeThreads([...left.threads.values()], left.threadState);
    account.emails.take([...left.emails.values()], left.emailState);
    for (const [question, list] of left.lists) account.lists.set(question, list);
    await account.outbox.recall();
    account.#push.start();
    void account.follow();
    account.outbox.takeUp().catch((thrown: unknown) => account.#line(problemOf(thrown)));
    return account;
  }

  get name(): string {
    return this.client.session.username;
  }

  get maySend(): boolean {
    return offers(this.client.session, this.client.accountId, SUBMISSION) && this.identities.value.length > 0;
  }

  /** Whether the account may do what stands behind a capability's name. */
  offers(capability: string): boolean {
    return offers(this.client.session, this.client.accountId, capability);
  }

  /** The mailbox of a role; where there is none, the first there is. */
  place(role: Role): MailboxId {
    const found = this.mailboxes.withRole(role) ?? this.mailboxes.all.value[0]?.mailbox;
    if (found === undefined) throw new Error("an account has an inbox");
    return found.id;
  }

  /** Looks somewhere else. */
  look(place: Place): MessageList {
    this.noteList();
    this.#place = place;
    const collapseThreads = this.#conversations && place.kind === "mailbox";
    const question: Question = { filter: filterOf(place), sort: NEWEST_FIRST, collapseThreads };
    const list = new MessageList(this.client, this.emails, question, (id) => this.#leaves(id));
    const kept = this.lists.get(JSON.stringify(question));
    if (kept !== undefined) list.recall(kept);
    this.list.set(list);
    if (list.isStale) void list.refresh();
    void list.need(0, 1).then(this.#listed);
    return list;
  }

  /** What is known of the list that is looked at, for when it is looked at again. */
  noteList(): void {
    const list = this.list.value;
    const kept = this.#place?.kind === "mailbox" ? list?.kept(Date.now()) : null;
    if (list !== null && kept !== null && kept !== undefined) this.lists.set(JSON.stringify(list.question), kept);
  }

  set conversations(on: boolean) {
    if (on === this.#conversations) return;
    this.#conversations = on;
    if (this.#place !== null) this.look(this.#place);
  }

  /** The messages of a row: those of its conversation that lie where one looks. */
  row(id: EmailId): readonly Email[] {
    const email = this.emails.shown(id);
    if (email === undefined) return [];
    const all = this.list.value?.question.collapseThreads === true ? this.conversation(email.threadId) : [];
    const here = all.filter((one) => this.stays(one));
    return here.length === 0 ? [email] : here;
  }

  /** All messages of a conversation but those thrown away, oldest first. */
  conversation(id: ThreadId): readonly Email[] {
    const [trash, junk] = [this.mailboxes.withRole("trash")?.id, this.mailboxes.withRole("junk")?.id];
    return this.emails.conversation(id).filter(({ mailboxIds }) => {
      const only = [...mailboxIds].filter((one) => one !== trash && one !== junk);
      return only.length > 0 || mailboxIds.size === 0 || (this.here !== null && mailboxIds.has(this.here));
    });
  }

  /** The messages of a row that lie open as soon as it is opened. */
  shownFirst(id: EmailId): readonly EmailId[] {
    const thread = this.emails.shown(id)?.threadId;
    const together = this.list.value?.question.collapseThreads === true && thread !== undefined;
    const last = together ? this.conversation(thread).at(-1)?.id : undefined;
    return last === undefined || last === id ? [id] : [id, last];
  }

  async move(rows: readonly EmailId[], to: MailboxId, what: Move): Promise<void> {
    await actOn(this, rows, (emails, here) => moved(emails, here, to, what), what);
  }

  async mark(rows: readonly EmailId[], mark: Mark, quietly = false): Promise<void> {
    await actOn(this, rows, (emails) => marked(emails, mark), quietly ? null : mark);
  }

  /** Gives a label, or takes it away; who has it in a row, the others of the row have it too. */
  async label(rows: readonly EmailId[], keyword: string, how: Labelling): Promise<void> {
    await actOn(this, rows, (emails) => labelled(emails, keyword, how), how);
  }

  /** Removes exactly these messages for good; nothing brings it back. */
  destroy(ids: readonly EmailId[]): Promise<void> {
    return destroyExactly(this, ids);
  }

  /** Brings everything up to date, and sends what waits. */
  async follow(): Promise<void> {
    if (this.#recalled && !(await this.#renew())) return;
    const followed = await this.#sync.follow();
    this.#line(followed.kind === "stopped" ? followed.problem : null);
    if (followed.kind === "stopped") return;
    const list = this.list.value;
    if (followed.changed || list?.isStale === true || list?.state.value.kind === "failed") await list?.refresh();
    void this.outbox.send();
    if (this.writing.isWanted) void this.writing.want().then((writing) => this.#takeUp(writing, "waiting"), problemOf);
  }

  /** After an earlier page's records have been shown: what every view needs, as it is now. */
  async #renew(): Promise<boolean> {
    this.#renewing ??= this.#begin().finally(() => {
      this.#renewing = null;
    });
    try {
      await this.#renewing;
      this.#recalled = false;
      return true;
    } catch (thrown) {
      this.#line(problemOf(thrown));
      return false;
    }
  }

  /** Whether something ends with this page that cannot be had again. */
  get wouldLose(): boolean {
    return this.importing.value > 0 || this.writing.here.value?.desk.wouldLose === true;
  }

  /** The network is back, or the page is looked at again. */
  hurry(): void {
    this.#push.hurry();
    void this.follow();
  }

  /** Ends the line; what is kept in the browser stays, the last words too. */
  async stop(): Promise<void> {
    this.#push.stop();
    await this.writing.here.value?.desk.keepAll();
    this.#endWriting();
    await this.keeper?.end();
    this.windows.close();
  }

  /** Ends the line. What is kept in the browser goes with whoever leaves. */
  async close(): Promise<void> {
    this.#push.stop();
    this.#endWriting();
    // whoever heard it from another window need not tell it again
    if (!this.left.value) this.windows.tell(LEFT);
    this.windows.close();
    await Promise.allSettled([this.kept.clear(), this.keeper?.clear()]); // a database that is broken keeps nobody in
  }

  get here(): MailboxId | null {
    return this.#place?.kind === "mailbox" ? this.#place.id : null;
  }

  /** What every view needs, in one request: the calls of `install/start.json`, in its order. */
  async #begin(): Promise<void> {
    const batch = new Batch();
    const mailboxes = this.#sync.ask(batch);
    const asked = this.offers(SUBMISSION) ? batch.add(get(IDENTITY, this.client.accountId, null)) : null;
    const own = this.own.ask(batch);
    const planned = this.planned.ask(batch);
    const answers = await this.client.send(batch);
    this.#sync.take(answers, mailboxes);
    if (planned !== null) this.planned.take(answers, planned);
    own(answers);
    if (asked !== null) this.identities.set(answers.of(asked).list);
  }

  async #makeWriting(): Promise<Writing> {
    const { Writing } = await import("./writing");
    const writing = new Writing(this);
    if (this.ended.value) writing.desk.end();
    else void this.#takeUp(writing, "all");
    return writing;
  }

  async #takeUp(writing: Writing, which: "all" | "waiting"): Promise<void> {
    if (this.identities.value.length === 0) return;
    try {
      await writing.takeUp(which);
    } catch (thrown) {
      this.#line(problemOf(thrown));
    }
  }

  /** Who writes leaves, also where what one writes with is still on its way. */
  #endWriting(): void {
    this.ended.set(true);
    this.writing.here.value?.desk.end();
  }

  /** Tells what was done, with what takes it back. */
  done(what: Deed, count: number, back: Patches | null): void {
    const undo = async () => {
      this.notice.set(null);
      if (back !== null) await this.outbox.act(back);
      await this.outbox.send();
      await this.list.value?.refresh();
    };
    this.notice.set({ kind: "done", what, count, undo: back === null ? null : () => void undo() });
  }

  /** Whether nothing of a row lies any more where one looks. */
  #leaves(id: EmailId): boolean {
    const row = this.here === null ? [] : this.row(id);
    return row.length > 0 && !row.some((email) => this.stays(email));
  }

  /** Whether it lies where one looks. */
  stays({ mailboxIds }: Pick<Email, "mailboxIds">, here = this.here): boolean {
    return here === null || mailboxIds.has(here);
  }

  #changed(changed: Changed): void {
    const here = changed.get(this.client.accountId);
    if (here === undefined) return;
    this.pushed.set(here);
    if (here.has("EmailSubmission")) void this.planned.refresh();
    this.own.changed(here);
    void this.follow();
  }

  #line(problem: Problem | null): void {
    this.line.set(problem === null ? { kind: "open" } : { kind: "broken", cause: problem });
  }

  /** Another window told something. */
  #heard(message: unknown): void {
    if (message === LEFT) this.left.set(true);
    else if (!this.outbox.hear(message)) this.writing.here.value?.hear(message);
  }

  refused(problem: Problem): void {
    this.notice.set({ kind: "refused", problem });
  }
}
