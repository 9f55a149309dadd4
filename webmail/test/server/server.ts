/** A JMAP server in memory, spoken to without a network: what is asked is remembered, and every fault can be ordered. */
import { Failure, type Problem } from "../../src/jmap/problem";
import type { Question, Transport } from "../../src/jmap/transport";
import { ACCOUNT_METHODS } from "./account";
import { METHODS, Refused } from "./methods";
import { type Address, type Fields, Records, type StoredEmail } from "./records";
import { SUBSCRIPTION_METHODS } from "./subscriptions";

const ACCOUNT = "a1";

/** What a test says of a message that comes in. */
export interface Arrival {
  id?: string;
  threadId?: string;
  mailbox?: string;
  from?: Address;
  to?: Address[];
  subject?: string;
  text?: string;
  receivedAt?: string;
  seen?: boolean;
  hasAttachment?: boolean;
  messageId?: string;
}

export class Server implements Transport {
  readonly records = new Records();
  /** The method calls that came, in order. */
  readonly calls: { name: string; args: Fields }[] = [];
  /** How many requests came. */
  requests = 0;
  /** Every request ends so until it is taken away. */
  fault: Problem | null = null;
  /** The answer of the next request is lost on its way, after it was done. */
  loseNextAnswer = false;
  /** Requests that are answered with the session object. */
  start: readonly unknown[] = [];
  /** Method errors by name, each for one call. */
  readonly refuse = new Map<string, string>();
  sessionState = "s1";
  limits = {
    maxSizeUpload: 50_000_000,
    maxConcurrentUpload: 4,
    maxSizeRequest: 10_000_000,
    maxConcurrentRequests: 4,
    maxCallsInRequest: 16,
    maxObjectsInGet: 500,
    maxObjectsInSet: 500,
  };
  maxDelayedSend = 86_400;
  /** What the account offers beside. */
  offers: Fields = {};
  readonly #arrived: (() => void)[] = [];

  constructor() {
    const boxes = ["inbox", "drafts", "sent", "archive", "junk", "trash"];
    boxes.forEach((role, index) => {
      const name = role === "inbox" ? "INBOX" : role[0]?.toUpperCase() + role.slice(1);
      this.records.mailboxes.set(role, { id: role, name, parentId: null, role, sortOrder: index });
    });
    this.records.identities.set("i1", {
      id: "i1",
      name: "Anna de Vries",
      email: "anna@here.example",
      replyTo: null,
      bcc: null,
      textSignature: "",
      htmlSignature: "",
      mayDelete: false,
    });
  }

  async ask({ method, url, body, signal }: Question): Promise<unknown> {
    await Promise.resolve();
    signal?.throwIfAborted();
    this.requests += 1;
    if (this.fault !== null) throw new Failure(this.fault);
    if (method === "GET" && url === "/.well-known/jmap") return this.session();
    if (method === "GET" && url === "/jmap/start") return structuredClone(this.#started());
    if (method !== "POST" || url !== "/jmap/api") throw new Failure({ kind: "server", status: 404 });
    const answer = this.#run(body as { methodCalls: [string, Fields, string][] });
    for (const then of this.#arrived.splice(0)) then();
    if (this.loseNextAnswer) {
      this.loseNextAnswer = false;
      throw new Failure({ kind: "offline" });
    }
    return structuredClone(answer);
  }

  session(): unknown {
    const mail = { "urn:ietf:params:jmap:mail": {}, "urn:ietf:params:jmap:vacationresponse": {} };
    const accountCapabilities = {
      ...mail,
      ...this.offers,
      "urn:ietf:params:jmap:submission": { maxDelayedSend: this.maxDelayedSend, submissionExtensions: {} },
    };
    const known = Object.fromEntries(Object.keys(accountCapabilities).map((name) => [name, {}]));
    return {
      capabilities: { "urn:ietf:params:jmap:core": this.limits, ...known },
      accounts: { [ACCOUNT]: { name: "anna@here.example", isPersonal: true, isReadOnly: false, accountCapabilities } },
      primaryAccounts: { "urn:ietf:params:jmap:mail": ACCOUNT },
      username: "anna@here.example",
      apiUrl: "/jmap/api",
      downloadUrl: "/jmap/download/{accountId}/{blobId}/{name}?type={type}",
      uploadUrl: "/jmap/upload/{accountId}",
      eventSourceUrl: "/jmap/events?types={types}&closeafter={closeafter}&ping={ping}",
      state: this.sessionState,
    };
  }

  /** Resolves when the next request was answered. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#arrived.push(resolve));
  }

  /** The names of the methods that were called, in order. */
  get names(): string[] {
    return this.calls.map(({ name }) => name);
  }

  #started(): unknown {
    const answers = this.start.map((question) => {
      const filled = JSON.stringify(question).replaceAll("{account}", ACCOUNT).replaceAll("{inbox}", "inbox");
      const request = JSON.parse(filled) as { methodCalls: [string, Fields, string][] };
      return { request, response: this.#run(request) };
    });
    return { session: this.session(), answers };
  }

  #run({ methodCalls }: { methodCalls: [string, Fields, string][] }): unknown {
    const methodResponses: [string, Fields, string][] = [];
    const created = new Map<string, string>();
    for (const [name, told, tag] of methodCalls) {
      try {
        const args = resolved(told, methodResponses);
        this.calls.push({ name, args });
        const refusal = this.refuse.get(name);
        this.refuse.delete(name);
        if (refusal !== undefined) throw new Refused(refusal);
        const method = METHODS[name] ?? ACCOUNT_METHODS[name] ?? SUBSCRIPTION_METHODS[name];
        if (method === undefined) throw new Refused("unknownMethod");
        methodResponses.push([name, method(this.records, args, created), tag]);
      } catch (thrown) {
        if (!(thrown instanceof Refused)) throw thrown;
        methodResponses.push(["error", { type: thrown.message, ...thrown.more }, tag]);
      }
    }
    return { sessionState: this.sessionState, methodResponses };
  }

  /** A message comes in, by default unread and into the inbox. */
  deliver(arrival: Arrival = {}): string {
    const id = arrival.id ?? this.records.newId("e");
    const text = arrival.text ?? `Text of ${id}`;
    const part = { partId: "1", blobId: `b${id}-1`, size: text.length, name: null, type: "text/plain" };
    const body = [{ ...part, charset: "utf-8", disposition: null, cid: null }];
    const email: StoredEmail = {
      id,
      blobId: `b${id}`,
      threadId: arrival.threadId ?? `t-${id}`,
      mailboxIds: { [arrival.mailbox ?? "inbox"]: true },
      keywords: arrival.seen === true ? { $seen: true } : {},
      size: 1000 + text.length,
      receivedAt: arrival.receivedAt ?? new Date(Date.UTC(2026, 0, 1) + this.records.modseq * 60_000).toISOString(),
      from: [arrival.from ?? { name: "Bram", email: "bram@there.example" }],
      to: arrival.to ?? [{ name: null, email: "anna@here.example" }],
      cc: null,
      bcc: null,
      replyTo: null,
      sender: null,
      subject: arrival.subject ?? `About ${id}`,
      preview: text.slice(0, 100),
      hasAttachment: arrival.hasAttachment ?? false,
      sentAt: null,
      messageId: [arrival.messageId ?? `${id}@there.example`],
      inReplyTo: null,
      references: null,
      textBody: body,
      htmlBody: body,
      attachments: [],
      bodyValues: { 1: { value: text, isEncodingProblem: false, isTruncated: false } },
    };
    this.records.put(email);
    return id;
  }
}

/** Arguments with the results that they refer to (RFC 8620, 3.7). */
function resolved(args: Fields, before: readonly [string, Fields, string][]): Fields {
  const entries = Object.entries(args).map(([name, value]) => {
    if (!name.startsWith("#") || typeof value !== "object" || value === null || !("resultOf" in value)) {
      return [name, value];
    }
    const { resultOf, name: method, path } = value as { resultOf: string; name: string; path: string };
    const found = before.find(([told, , tag]) => tag === resultOf && told === method);
    if (found === undefined) throw new Refused("invalidResultReference");
    return [name.slice(1), pointed(found[1], path.split("/").slice(1))];
  });
  return Object.fromEntries(entries);
}

function pointed(value: unknown, [first, ...rest]: string[]): unknown {
  if (first === undefined) return value;
  if (first === "*" && Array.isArray(value)) return value.flatMap((item) => pointed(item, rest));
  return pointed((value as Fields)[first], rest);
}
