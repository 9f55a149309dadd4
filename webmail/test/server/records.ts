/** What the scripted server keeps: one account's mail in memory, with a log of changes. */

export interface Part {
  partId: string | null;
  blobId: string | null;
  size: number;
  name: string | null;
  type: string;
  charset: string | null;
  disposition: string | null;
  cid: string | null;
}
export interface Address {
  name: string | null;
  email: string;
}
export type Fields = Record<string, unknown>;

export interface StoredEmail extends Fields {
  id: string;
  blobId: string;
  threadId: string;
  mailboxIds: Record<string, true>;
  keywords: Record<string, true>;
  size: number;
  receivedAt: string;
  from: Address[] | null;
  to: Address[] | null;
  cc: Address[] | null;
  subject: string | null;
  preview: string;
  hasAttachment: boolean;
  messageId: string[] | null;
  textBody: Part[];
  htmlBody: Part[];
  attachments: Part[];
  bodyValues: Record<string, { value: string; isEncodingProblem: boolean; isTruncated: boolean }>;
}
export interface StoredMailbox extends Fields {
  id: string;
  name: string;
  parentId: string | null;
  role: string | null;
  sortOrder: number;
}

export type TypeName =
  | "Email"
  | "Mailbox"
  | "Thread"
  | "Identity"
  | "EmailSubmission"
  | "VacationResponse"
  | "ContactCard"
  | "Forwarding"
  | "BlockedSender"
  | "Label"
  | "SavedSearch"
  | "ProgramLogin";
type Happened = "created" | "updated" | "destroyed";

export class Records {
  modseq = 1;
  readonly emails = new Map<string, StoredEmail>();
  readonly mailboxes = new Map<string, StoredMailbox>();
  readonly identities = new Map<string, Fields>();
  readonly submissions = new Map<string, Fields & { id: string; emailId: string; undoStatus: string }>();
  vacation: Fields = {
    id: "singleton",
    isEnabled: false,
    fromDate: null,
    toDate: null,
    subject: null,
    textBody: null,
    htmlBody: null,
  };
  readonly cards = new Map<string, Fields>();
  quotas: Fields[] = [];
  forwarding: Fields = { id: "singleton", targets: [], keepCopy: true };
  readonly blocked = new Map<string, Fields>();
  readonly labels = new Map<string, Fields>();
  readonly searches = new Map<string, Fields>();
  readonly programs = new Map<string, Fields>();
  /** What the server stands for about senders, by email. */
  readonly verdicts = new Map<string, Fields>();
  password = "secret";
  /** Texts of parts, for who asks for them by `Blob/get`. */
  readonly blobs = new Map<string, string>();
  readonly #log: { modseq: number; type: TypeName; id: string; what: Happened }[] = [];
  /** Changes before this state are forgotten: `cannotCalculateChanges`. */
  remembersSince = 0;
  #next = 0;

  newId(kind: string): string {
    this.#next += 1;
    return `${kind}${this.#next}`;
  }

  note(type: TypeName, id: string, what: Happened): void {
    this.modseq += 1;
    this.#log.push({ modseq: this.modseq, type, id, what });
  }

  /** Ids by what happened to them since a state; `null` where that is forgotten. */
  since(type: TypeName, state: string): Record<Happened, string[]> | null {
    const from = Number(state);
    if (!(from >= this.remembersSince) || from > this.modseq) return null;
    const net = new Map<string, Happened | null>();
    for (const entry of this.#log) {
      if (entry.type !== type || entry.modseq <= from) continue;
      const before = net.get(entry.id);
      if (before === "created" && entry.what === "updated") continue;
      net.set(entry.id, before === "created" && entry.what === "destroyed" ? null : entry.what);
    }
    const all: Record<Happened, string[]> = { created: [], updated: [], destroyed: [] };
    for (const [id, what] of net) if (what !== null) all[what].push(id);
    return all;
  }

  threadOf(threadId: string): string[] {
    const of = [...this.emails.values()].filter((email) => email.threadId === threadId);
    return of.sort((a, b) => a.receivedAt.localeCompare(b.receivedAt)).map(({ id }) => id);
  }

  mailboxView(mailbox: StoredMailbox): Fields {
    const inside = [...this.emails.values()].filter(({ mailboxIds }) => mailboxIds[mailbox.id] === true);
    const unread = inside.filter(({ keywords }) => keywords.$seen !== true);
    return {
      isSubscribed: true,
      ...mailbox,
      totalEmails: inside.length,
      unreadEmails: unread.length,
      totalThreads: new Set(inside.map(({ threadId }) => threadId)).size,
      unreadThreads: new Set(unread.map(({ threadId }) => threadId)).size,
      myRights: RIGHTS,
    };
  }

  put(email: StoredEmail): void {
    const what = this.emails.has(email.id) ? "updated" : "created";
    this.emails.set(email.id, email);
    this.note("Email", email.id, what);
    this.touch(email, what === "created");
  }

  remove(id: string): boolean {
    const email = this.emails.get(id);
    if (email === undefined) return false;
    this.emails.delete(id);
    this.note("Email", id, "destroyed");
    this.touch(email, true);
    return true;
  }

  touch(email: StoredEmail, thread: boolean): void {
    for (const mailbox of Object.keys(email.mailboxIds)) this.note("Mailbox", mailbox, "updated");
    if (thread) {
      const left = this.threadOf(email.threadId).length;
      this.note("Thread", email.threadId, left === 0 ? "destroyed" : left === 1 ? "created" : "updated");
    }
  }
}

const RIGHTS = {
  mayReadItems: true,
  mayAddItems: true,
  mayRemoveItems: true,
  maySetSeen: true,
  maySetKeywords: true,
  mayCreateChild: true,
  mayRename: true,
  mayDelete: true,
};
