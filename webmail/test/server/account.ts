/** What the scripted server knows of an account beside its mail: identities, contacts (RFC 9610), quota (RFC 9425), and Glaspost's
 * own capability. */
import { changer, getter, type Method, Refused } from "./methods";
import type { Fields, Records, TypeName } from "./records";
import { patched } from "./sets";

/** The addresses that the account may write from. */
const OWN = /@here\.example$/;
const ADDRESS = /^[^@\s]+@[^@\s]+$/;

/** A `/set` of records that are kept in a map; `check` gives what refuses a record. */
function setter(
  type: TypeName,
  all: (records: Records) => Map<string, Fields>,
  check: (of: Fields, records: Records) => Fields | null,
): Method {
  return (records, args) => {
    const known = all(records);
    const told = { created: {}, updated: {}, notCreated: {}, notUpdated: {}, notDestroyed: {} } as Record<
      string,
      Fields
    >;
    const destroyed: string[] = [];
    for (const [key, asked] of Object.entries((args.create ?? {}) as Record<string, Fields>)) {
      const id = records.newId(type);
      const made = { id, ...asked };
      const refusal = check(made, records);
      if (refusal !== null) (told.notCreated ?? {})[key] = refusal;
      else {
        known.set(id, made);
        records.note(type, id, "created");
        (told.created ?? {})[key] = { id };
      }
    }
    for (const [id, patch] of Object.entries((args.update ?? {}) as Record<string, Fields>)) {
      const before = known.get(id);
      const next = before === undefined ? null : without(patched(before, patch));
      const refusal = next === null ? { type: "notFound" } : check(next, records);
      if (refusal !== null || next === null) (told.notUpdated ?? {})[id] = refusal;
      else {
        known.set(id, next);
        records.note(type, id, "updated");
        (told.updated ?? {})[id] = null;
      }
    }
    for (const id of (args.destroy ?? []) as string[]) {
      if (known.get(id)?.mayDelete === false) (told.notDestroyed ?? {})[id] = { type: "forbidden" };
      else if (known.delete(id)) {
        destroyed.push(id);
        records.note(type, id, "destroyed");
      } else (told.notDestroyed ?? {})[id] = { type: "notFound" };
    }
    return { ...told, destroyed, newState: String(records.modseq) };
  };
}

/** RFC 8620, 5.3: a property that is set to null is what it is by default; of a card, absent. */
function without(record: Fields): Fields {
  return "uid" in record ? Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)) : record;
}

const identitySet = setter(
  "Identity",
  (records) => records.identities,
  (identity) => {
    Object.assign(identity, { htmlSignature: "", mayDelete: true, ...identity });
    return OWN.test(String(identity.email)) ? null : { type: "forbiddenFrom" };
  },
);

function text(card: Fields): string {
  return JSON.stringify(card).toLowerCase();
}

function matches(card: Fields, filter: Fields | null): boolean {
  if (filter === null) return true;
  if (Array.isArray(filter.conditions)) return filter.conditions.some((one) => matches(card, one as Fields));
  return Object.entries(filter).every(([name, value]) => {
    if (name === "uid") return card.uid === value;
    if (name === "email") return text((card.emails ?? {}) as Fields).includes(String(value).toLowerCase());
    if (name === "text") return text(card).includes(String(value).toLowerCase());
    throw new Refused("unsupportedFilter");
  });
}

function sorted(card: Fields): string {
  const { components = [] } = (card.name ?? {}) as { components?: { kind: string; value: string }[] };
  const of = (kind: string) => components.filter((one) => one.kind === kind).map(({ value }) => value);
  return [...of("given"), ...of("surname")].join(" ").toLowerCase();
}

const cardQuery: Method = (records, { filter, position, limit }) => {
  const found = [...records.cards.values()].filter((card) => matches(card, (filter ?? null) as Fields | null));
  found.sort((a, b) => sorted(a).localeCompare(sorted(b)));
  const from = Number(position ?? 0);
  return {
    queryState: String(records.modseq),
    canCalculateChanges: true,
    position: from,
    ids: found.slice(from, from + Number(limit ?? found.length)).map(({ id }) => id),
    total: found.length,
  };
};

/** A card as it is kept: what is not there is not told. */
const cardGet: Method = (records, { ids, properties }) => {
  const wanted = Array.isArray(ids) ? ids.map(String) : [...records.cards.keys()];
  const told = (card: Fields) =>
    Array.isArray(properties)
      ? Object.fromEntries(Object.entries(card).filter(([name]) => name === "id" || properties.includes(name)))
      : card;
  return {
    state: String(records.modseq),
    list: wanted.flatMap((id) => (records.cards.has(id) ? [told(records.cards.get(id) ?? {})] : [])),
    notFound: wanted.filter((id) => !records.cards.has(id)),
  };
};

const cardSet = setter(
  "ContactCard",
  (records) => records.cards,
  (card) => {
    card.uid ??= `urn:uuid:${String(card.id)}`;
    return null;
  },
);

const forwardingSet: Method = (records, args) => {
  const patch = ((args.update ?? {}) as Record<string, Fields>).singleton ?? {};
  const next = patched(records.forwarding, patch);
  const bad = (next.targets as string[]).some((target) => !ADDRESS.test(target) || OWN.test(target));
  if (bad) return { newState: "", notUpdated: { singleton: { type: "invalidProperties", properties: ["targets"] } } };
  records.forwarding = next;
  return { newState: String(records.modseq), updated: { singleton: null } };
};

const MOST_BLOCKED = 3;
const blockedSet = setter(
  "BlockedSender",
  (records) => records.blocked,
  (sender, records) => {
    if (/[\s,]|^$/.test(String(sender.pattern))) return { type: "invalidProperties", properties: ["pattern"] };
    const there = [...records.blocked.values()].find(({ pattern }) => pattern === sender.pattern);
    if (there !== undefined) return { type: "alreadyExists", existingId: there.id };
    sender.createdAt = `2026-11-30T12:00:0${records.blocked.size}Z`;
    return records.blocked.size >= MOST_BLOCKED ? { type: "overQuota" } : null;
  },
);

const labelSet = setter(
  "Label",
  (records) => records.labels,
  (label, records) => {
    label.keyword ??= String(label.name).toLowerCase().replace(/\W+/g, "_");
    label.color ??= null;
    label.sortOrder ??= 0;
    const there = [...records.labels.values()].find(({ id, keyword }) => id !== label.id && keyword === label.keyword);
    return there === undefined ? null : { type: "alreadyExists", existingId: there.id };
  },
);

const searchSet = setter(
  "SavedSearch",
  (records) => records.searches,
  (search) => {
    search.sortOrder ??= 0;
    return search.text === "" ? { type: "invalidProperties", properties: ["text"] } : null;
  },
);

const passwordSet: Method = (records, { currentPassword, newPassword }) => {
  if (currentPassword !== records.password) throw new Refused("wrongPassword");
  if (String(newPassword).length < 10) throw new Refused("weakPassword", { reason: "tooShort", minLength: 10 });
  records.password = String(newPassword);
  return { endedLogins: 2 };
};

export const ACCOUNT_METHODS: Record<string, Method> = {
  "Identity/get": getter((records) => records.identities),
  "Identity/set": identitySet,
  "Quota/get": (records) => ({ state: "", list: records.quotas, notFound: [] }),
  "ContactCard/query": cardQuery,
  "ContactCard/get": cardGet,
  "ContactCard/changes": changer("ContactCard"),
  "ContactCard/set": cardSet,
  "Forwarding/get": (records) => ({ state: "", list: [records.forwarding], notFound: [] }),
  "Forwarding/set": forwardingSet,
  "BlockedSender/get": (records) => ({ state: "", list: [...records.blocked.values()], notFound: [] }),
  "BlockedSender/set": blockedSet,
  "Label/get": getter((records) => records.labels),
  "Label/set": labelSet,
  "SavedSearch/get": getter((records) => records.searches),
  "SavedSearch/set": searchSet,
  "ProgramLogin/get": (records) => ({ state: "", list: [...records.programs.values()], notFound: [] }),
  "ProgramLogin/set": setter(
    "ProgramLogin",
    (records) => records.programs,
    () => null,
  ),
  "Password/set": passwordSet,
  "SenderVerdict/get": getter((records) => records.verdicts),
};
