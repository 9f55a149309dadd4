// Drives imapflow by lines of JSON on standard input: {"do": name, ...arguments}; the answer is a line with "value" or "error".
import { createInterface } from "node:readline";
import { ImapFlow } from "imapflow";

let client;
let told = [];
let waiting = null;

function tell(event) {
  told.push(event);
  if (waiting?.(event)) waiting = null;
}

const plain = (message) => ({
  uid: message.uid,
  seq: message.seq,
  modseq: message.modseq?.toString(),
  flags: [...(message.flags ?? [])].sort(),
  subject: message.envelope?.subject,
  size: message.size,
  emailId: message.emailId,
  parts: message.bodyStructure?.childNodes?.map((part) => part.type) ?? message.bodyStructure?.type,
  source: message.source?.toString("latin1"),
});

const deeds = {
  async connect({ host, port, ca, user, pass, qresync }) {
    const { readFileSync } = await import("node:fs");
    const tls = { ca: readFileSync(ca), checkServerIdentity: () => undefined };
    client = new ImapFlow({ host, port, secure: true, tls, auth: { user, pass }, logger: false, qresync });
    for (const kind of ["exists", "expunge", "flags"]) {
      client.on(kind, (event) =>
        tell({
          kind,
          path: event.path,
          uid: event.uid,
          seq: event.seq,
          count: event.count,
          earlier: event.earlier,
          vanished: event.vanished,
          flags: event.flags && [...event.flags].sort(),
        }),
      );
    }
    client.on("error", () => undefined);
    await client.connect();
    return [...client.capabilities.keys()].sort();
  },
  list: async () => (await client.list()).map(({ path, specialUse }) => ({ path, specialUse })),
  create: async ({ path }) => (await client.mailboxCreate(path)).path,
  rename: async ({ path, to }) => (await client.mailboxRename(path, to)).newPath,
  remove: async ({ path }) => (await client.mailboxDelete(path)).path,
  status: async ({ path }) => {
    const known = await client.status(path, { messages: true, unseen: true, uidNext: true, highestModseq: true });
    return { ...known, highestModseq: known.highestModseq?.toString(), uidValidity: known.uidValidity?.toString() };
  },
  async open({ path, since, validity }) {
    const resync = since ? { changedSince: BigInt(since), uidValidity: BigInt(validity) } : {};
    const box = await client.mailboxOpen(path, resync);
    return { exists: box.exists, modseq: box.highestModseq?.toString(), validity: box.uidValidity.toString(), uidNext: box.uidNext };
  },
  append: async ({ path, text, flags }) => (await client.append(path, text, flags)).uid,
  async fetch({ range, query, options }) {
    const messages = [];
    if (options?.changedSince) options.changedSince = BigInt(options.changedSince);
    for await (const message of client.fetch(range, query, options)) messages.push(plain(message));
    return messages;
  },
  async download({ uid, part }) {
    const { content } = await client.download(uid, part, { uid: true, chunkSize: 65536 });
    let text = "";
    for await (const piece of content) text += piece.toString("latin1");
    return text;
  },
  search: ({ query }) => client.search(query, { uid: true }),
  add: ({ range, flags }) => client.messageFlagsAdd(range, flags, { uid: true }),
  take: ({ range, flags }) => client.messageFlagsRemove(range, flags, { uid: true }),
  move: async ({ range, to }) => [...(await client.messageMove(range, to, { uid: true })).uidMap],
  copy: async ({ range, to }) => [...(await client.messageCopy(range, to, { uid: true })).uidMap],
  delete: ({ range }) => client.messageDelete(range, { uid: true }),
  noop: () => client.noop(),
  // It would begin by itself after 15 s; the next command ends it.
  idle() {
    client.idle().catch(() => undefined);
  },
  told() {
    const events = told;
    told = [];
    return events;
  },
  // The next event of a kind, of those that have come or will.
  wait({ kind, uid }) {
    const fits = (event) => event.kind === kind && (uid === undefined || event.uid === uid);
    const found = told.find(fits);
    if (found) return found;
    return new Promise((resolve) => {
      waiting = (event) => fits(event) && (resolve(event), true);
    });
  },
  cut: () => client.close(),
  logout: () => client.logout(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: name, ...rest } = JSON.parse(line);
  let answer;
  try {
    answer = { value: (await deeds[name](rest)) ?? null };
  } catch (error) {
    answer = { error: `${error.message} ${error.responseText ?? ""}` };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
