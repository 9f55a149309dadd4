/** The `set` methods of the scripted server (RFC 8621, 4.6, 7.5 and 8.2). */
import type { Method } from "./methods";
import type { Fields, Records, StoredEmail } from "./records";

/** Applies a patch (RFC 8620, 5.3) of one or two levels. */
export function patched<T extends Fields>(record: T, patch: Fields): T {
  const copy: Fields = structuredClone(record);
  for (const [path, value] of Object.entries(patch)) {
    const [name = "", key] = path.split("/").map((word) => word.replace(/~1/g, "/").replace(/~0/g, "~"));
    if (key === undefined) {
      copy[name] = value;
      continue;
    }
    const inner = { ...(copy[name] as Fields) };
    if (value === null) delete inner[key];
    else inner[key] = value;
    copy[name] = inner;
  }
  return copy as T;
}

function updateEmail(records: Records, id: string, patch: Fields): Fields | null {
  const email = records.emails.get(id);
  if (email === undefined) return { type: "notFound" };
  const next = patched(email, patch);
  if (Object.keys(next.mailboxIds).length === 0) return { type: "invalidProperties", properties: ["mailboxIds"] };
  for (const mailbox of Object.keys(email.mailboxIds)) records.note("Mailbox", mailbox, "updated");
  records.put(next);
  return null;
}

function newEmail(records: Records, asked: Fields): StoredEmail {
  const id = records.newId("e");
  const values = (asked.bodyValues ?? {}) as StoredEmail["bodyValues"];
  const text = Object.values(values)[0]?.value ?? "";
  const replied = (asked.inReplyTo as string[] | null) ?? [];
  const thread = [...records.emails.values()].find(({ messageId }) => messageId?.some((one) => replied.includes(one)));
  const plain = { blobId: `b${id}`, size: text.length, name: null, charset: "utf-8", disposition: null, cid: null };
  return {
    sentAt: null,
    cc: null,
    bcc: null,
    replyTo: null,
    sender: null,
    inReplyTo: null,
    references: null,
    ...asked,
    id,
    blobId: `b${id}`,
    threadId: thread?.threadId ?? records.newId("t"),
    mailboxIds: asked.mailboxIds as StoredEmail["mailboxIds"],
    keywords: (asked.keywords ?? {}) as StoredEmail["keywords"],
    size: text.length + 500,
    receivedAt: String(asked.receivedAt ?? new Date().toISOString().replace(/\.\d+/, "")),
    from: (asked.from ?? null) as StoredEmail["from"],
    to: (asked.to ?? null) as StoredEmail["to"],
    subject: (asked.subject ?? null) as string | null,
    preview: text.slice(0, 100),
    hasAttachment: ((asked.attachments ?? []) as unknown[]).length > 0,
    messageId: (asked.messageId ?? [`${id}@here`]) as string[],
    textBody: [{ ...plain, partId: "1", type: "text/plain" }],
    htmlBody: [{ ...plain, partId: "1", type: "text/plain" }],
    attachments: ((asked.attachments ?? []) as Fields[]).map((part) => ({
      ...plain,
      partId: "2",
      ...part,
    })) as never,
    bodyValues: { 1: { value: text, isEncodingProblem: false, isTruncated: false } },
  } as unknown as StoredEmail;
}

export const emailSet: Method = (records, args, created) => {
  const old = String(records.modseq);
  const answer: Record<string, Fields> = { created: {}, updated: {}, destroyed: {}, notUpdated: {}, notDestroyed: {} };
  for (const [key, asked] of Object.entries((args.create ?? {}) as Record<string, Fields>)) {
    const email = newEmail(records, asked);
    records.put(email);
    created.set(key, email.id);
    (answer.created ?? {})[key] = { id: email.id, blobId: email.blobId, threadId: email.threadId, size: email.size };
  }
  for (const [id, patch] of Object.entries((args.update ?? {}) as Record<string, Fields>)) {
    const refusal = updateEmail(records, id, patch);
    if (refusal === null) (answer.updated ?? {})[id] = null;
    else (answer.notUpdated ?? {})[id] = refusal;
  }
  const destroyed: string[] = [];
  for (const id of (args.destroy ?? []) as string[]) {
    if (records.remove(id)) destroyed.push(id);
    else (answer.notDestroyed ?? {})[id] = { type: "notFound" };
  }
  return { ...answer, destroyed, oldState: old, newState: String(records.modseq) };
};

export const mailboxSet: Method = (records, { create, update, destroy }) => {
  const told = { created: {}, updated: {}, notCreated: {}, notUpdated: {}, notDestroyed: {} } as Record<string, Fields>;
  const destroyed: string[] = [];
  // RFC 8621, 2: no two of one name below one parent
  const taken = (asked: Fields, but: string | null) => {
    const there = [...records.mailboxes.values()].find(
      (other) => other.id !== but && other.parentId === (asked.parentId ?? null) && other.name === asked.name,
    );
    return there === undefined ? null : { type: "alreadyExists", existingId: there.id };
  };
  for (const [key, asked] of Object.entries((create ?? {}) as Record<string, Fields>)) {
    const refused = taken(asked, null);
    if (refused !== null) {
      (told.notCreated ?? {})[key] = refused;
      continue;
    }
    const id = records.newId("m");
    records.mailboxes.set(id, {
      parentId: null,
      isSubscribed: false,
      ...asked,
      id,
      name: String(asked.name),
      role: null,
      sortOrder: 20,
    });
    records.note("Mailbox", id, "created");
    (told.created ?? {})[key] = { id };
  }
  for (const [id, patch] of Object.entries((update ?? {}) as Record<string, Fields>)) {
    const before = records.mailboxes.get(id);
    const next = before === undefined ? undefined : patched(before, patch);
    const refused = next === undefined ? { type: "notFound" } : taken(next, id);
    if (next === undefined || refused !== null) {
      (told.notUpdated ?? {})[id] = refused;
      continue;
    }
    records.mailboxes.set(id, next);
    records.note("Mailbox", id, "updated");
    (told.updated ?? {})[id] = null;
  }
  for (const id of (destroy ?? []) as string[]) {
    // RFC 8621, 2.5
    if ([...records.emails.values()].some(({ mailboxIds }) => mailboxIds[id] === true)) {
      (told.notDestroyed ?? {})[id] = { type: "mailboxHasEmail" };
    } else if (records.mailboxes.delete(id)) {
      destroyed.push(id);
      records.note("Mailbox", id, "destroyed");
    }
  }
  return { ...told, destroyed, newState: String(records.modseq) };
};

export const submissionSet: Method = (records, args, created) => {
  const answer: Record<string, Fields> = { created: {}, updated: {}, notCreated: {}, notUpdated: {} };
  const touched = new Map<string, string>();
  for (const [key, asked] of Object.entries((args.create ?? {}) as Record<string, Fields>)) {
    const named = String(asked.emailId);
    const emailId = named.startsWith("#") ? (created.get(named.slice(1)) ?? "") : named;
    if (!records.emails.has(emailId)) {
      (answer.notCreated ?? {})[key] = { type: "invalidProperties", properties: ["emailId"] };
      continue;
    }
    const told = JSON.stringify(asked.envelope ?? null);
    const held = /HOLD(FOR|UNTIL)/.test(told);
    const id = records.newId("s");
    const until = /"HOLDUNTIL":"([^"]+)"/.exec(told)?.[1];
    const sendAt = until ?? new Date().toISOString();
    records.submissions.set(id, { ...asked, id, emailId, undoStatus: held ? "pending" : "final", sendAt });
    (answer.created ?? {})[key] = { id, undoStatus: held ? "pending" : "final", sendAt };
    touched.set(`#${key}`, emailId);
  }
  for (const [id, patch] of Object.entries((args.update ?? {}) as Record<string, Fields>)) {
    const submission = records.submissions.get(id);
    if (submission?.undoStatus !== "pending" || patch.undoStatus !== "canceled") {
      (answer.notUpdated ?? {})[id] = { type: submission === undefined ? "notFound" : "cannotUnsend" };
      continue;
    }
    submission.undoStatus = "canceled";
    (answer.updated ?? {})[id] = null;
    touched.set(id, submission.emailId);
  }
  for (const [by, patch] of Object.entries((args.onSuccessUpdateEmail ?? {}) as Record<string, Fields>)) {
    const email = touched.get(by);
    if (email !== undefined) updateEmail(records, email, patch);
  }
  return { ...answer, oldState: "", newState: String(records.modseq) };
};

export const vacationSet: Method = (records, args) => {
  const patch = ((args.update ?? {}) as Record<string, Fields>).singleton;
  if (patch !== undefined) records.vacation = patched(records.vacation, patch);
  records.note("VacationResponse", "singleton", "updated");
  return { newState: String(records.modseq), updated: patch === undefined ? {} : { singleton: null } };
};
