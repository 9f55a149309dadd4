/** The methods of the scripted server: as much of RFC 8621 as the client asks for. */

import type { Fields, Records, StoredEmail, TypeName } from "./records";
import { find } from "./search";
import { emailSet, mailboxSet, submissionSet, vacationSet } from "./sets";

export type Method = (records: Records, args: Fields, created: Map<string, string>) => Fields;

/** A refusal of the whole method, with what it says beside. */
export class Refused extends Error {
  constructor(
    type: string,
    readonly more: Fields = {},
  ) {
    super(type);
  }
}

function pick(record: Fields, properties: unknown): Fields {
  if (!Array.isArray(properties)) return record;
  return Object.fromEntries(["id", ...properties].map((name) => [name, record[String(name)] ?? null]));
}

export function getter(all: (records: Records) => Map<string, Fields>): Method {
  return (records, { ids, properties }) => {
    const known = all(records);
    const wanted = Array.isArray(ids) ? [...new Set(ids.map(String))] : [...known.keys()];
    return {
      state: String(records.modseq),
      list: wanted.flatMap((id) => (known.has(id) ? [pick(known.get(id) ?? {}, properties)] : [])),
      notFound: wanted.filter((id) => !known.has(id)),
    };
  };
}

/** Email/get with texts as long as they are asked for (RFC 8621, 4.2). */
const emailGet: Method = (records, args, created) => {
  const most = typeof args.maxBodyValueBytes === "number" ? args.maxBodyValueBytes : Number.POSITIVE_INFINITY;
  const cut = (values: StoredEmail["bodyValues"]) =>
    Object.entries(values).map(([part, one]) => [
      part,
      { ...one, value: one.value.slice(0, most), isTruncated: one.value.length > most },
    ]);
  const emails = [...records.emails].map(([id, email]): [string, Fields] => [
    id,
    { ...email, bodyValues: Object.fromEntries(cut(email.bodyValues)) },
  ]);
  return getter(() => new Map(emails))(records, args, created);
};

export function changer(type: TypeName): Method {
  return (records, { sinceState }) => {
    const since = records.since(type, String(sinceState));
    if (since === null) throw new Refused("cannotCalculateChanges");
    return { oldState: sinceState, newState: String(records.modseq), hasMoreChanges: false, ...since };
  };
}

/** What each query gave at each state, to compute what changed since. */
const results = new WeakMap<Records, Map<string, string[]>>();

function remembered(records: Records, key: string, found: string[]): void {
  const all = results.get(records) ?? new Map<string, string[]>();
  results.set(records, all.set(`${records.modseq} ${key}`, found));
}

const emailQuery: Method = (records, { filter, collapseThreads, position, limit }) => {
  const found = find(records, filter ?? null, collapseThreads === true);
  remembered(records, JSON.stringify([filter, collapseThreads]), found);
  const from = Number(position ?? 0);
  return {
    queryState: String(records.modseq),
    canCalculateChanges: true,
    position: from,
    ids: found.slice(from, from + Number(limit ?? found.length)),
    total: found.length,
  };
};

const emailQueryChanges: Method = (records, { filter, collapseThreads, sinceQueryState, maxChanges, upToId }) => {
  const key = JSON.stringify([filter, collapseThreads]);
  const before = results.get(records)?.get(`${String(sinceQueryState)} ${key}`);
  if (before === undefined || Number(sinceQueryState) < records.remembersSince) {
    throw new Refused("cannotCalculateChanges");
  }
  const now = find(records, filter ?? null, collapseThreads === true);
  remembered(records, key, now);
  const { removed, added } = difference(before, now);
  if (removed.length + added.length > Number(maxChanges ?? 1000)) throw new Refused("tooManyChanges");
  const last = typeof upToId === "string" ? now.indexOf(upToId) : -1;
  return {
    oldQueryState: sinceQueryState,
    newQueryState: String(records.modseq),
    total: now.length,
    removed,
    added: last < 0 ? added : added.filter(({ index }) => index <= last),
  };
};

function difference(before: string[], now: string[]): { removed: string[]; added: { id: string; index: number }[] } {
  const [was, is] = [new Set(before), new Set(now)];
  const kept = now.filter((id) => was.has(id));
  const old = before.filter((id) => is.has(id));
  const moved = new Set(kept.filter((id, index) => old[index] !== id));
  return {
    removed: before.filter((id) => !is.has(id) || moved.has(id)),
    added: now.flatMap((id, index) => (!was.has(id) || moved.has(id) ? [{ id, index }] : [])),
  };
}

/** Submissions by their email and by whether they wait (RFC 8621, 7.3). */
const submissionQuery: Method = (records, { filter }) => {
  const { emailIds, undoStatus } = (filter ?? {}) as { emailIds?: string[]; undoStatus?: string };
  const found = [...records.submissions.values()].filter(
    (one) =>
      (emailIds === undefined || emailIds.includes(one.emailId)) &&
      (undoStatus === undefined || undoStatus === one.undoStatus),
  );
  return {
    queryState: String(records.modseq),
    canCalculateChanges: false,
    position: 0,
    ids: found.map(({ id }) => id),
    total: found.length,
  };
};

const blobGet: Method = (records, { ids }) => {
  const asked = Array.isArray(ids) ? ids.map(String) : [];
  const list = asked.flatMap((id) => {
    const text = records.blobs.get(id);
    return text === undefined ? [] : [{ id, "data:asText": text, "data:asBase64": btoa(text) }];
  });
  return { list, notFound: asked.filter((id) => !records.blobs.has(id)) };
};

/** Where the word of a text condition stands in subjects and texts (RFC 8621, 5.1). */
const snippetGet: Method = (records, { filter, emailIds }) => {
  const word = String((filter as Fields | null)?.text ?? "");
  const marked = (text: string) => {
    const safe = text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
    return word !== "" && safe.includes(word) ? safe.replace(word, `<mark>${word}</mark>`) : null;
  };
  const list = (emailIds as string[]).flatMap((emailId) => {
    const email = records.emails.get(emailId);
    if (email === undefined) return [];
    return [{ emailId, subject: marked(email.subject ?? ""), preview: marked(email.preview) }];
  });
  return { list, notFound: [] };
};

/** One notice for a message (RFC 9007, 2.1). */
const mdnSend: Method = (records, { send }) => {
  const answer: Record<string, Fields> = { sent: {}, notSent: {} };
  for (const [key, { forEmailId }] of Object.entries((send ?? {}) as Record<string, Fields>)) {
    const email = records.emails.get(String(forEmailId));
    if (email === undefined) (answer.notSent ?? {})[key] = { type: "notFound" };
    else if (email.keywords.$mdnsent) (answer.notSent ?? {})[key] = { type: "mdnAlreadySent" };
    else {
      records.put({ ...email, keywords: { ...email.keywords, $mdnsent: true } });
      (answer.sent ?? {})[key] = {};
    }
  }
  return answer;
};

export const METHODS: Record<string, Method> = {
  "Blob/get": blobGet,
  "MDN/send": mdnSend,
  "Mailbox/get": getter(
    (records) => new Map([...records.mailboxes].map(([id, one]) => [id, records.mailboxView(one)])),
  ),
  "Mailbox/changes": (records, args, created) => ({
    ...changer("Mailbox")(records, args, created),
    updatedProperties: null,
  }),
  "Mailbox/set": mailboxSet,
  "Email/get": emailGet,
  "Email/changes": changer("Email"),
  "Email/query": emailQuery,
  "Email/queryChanges": emailQueryChanges,
  "Email/set": emailSet,
  "SearchSnippet/get": snippetGet,
  "Thread/get": getter((records) => {
    const threads = new Set([...records.emails.values()].map(({ threadId }) => threadId));
    return new Map([...threads].map((id) => [id, { id, emailIds: records.threadOf(id) }]));
  }),
  "Thread/changes": changer("Thread"),
  "EmailSubmission/get": getter((records) => records.submissions),
  "EmailSubmission/query": submissionQuery,
  "EmailSubmission/set": submissionSet,
  "VacationResponse/get": getter((records) => new Map([["singleton", records.vacation]])),
  "VacationResponse/set": vacationSet,
};
