/** In whose name one writes (RFC 8621, 6): what the form has, and what it makes of it. */
import type { Client } from "../jmap/client";
import { type Address, IDENTITY, type Identity } from "../jmap/mail";
import { get, refusedIn, set } from "../jmap/methods";
import { parsed, writtenAll } from "./addresses";

export interface IdentityDraft {
  readonly name: string;
  readonly email: string;
  readonly replyTo: string;
  readonly bcc: string;
  readonly textSignature: string;
}

export const NEW_IDENTITY: IdentityDraft = { name: "", email: "", replyTo: "", bcc: "", textSignature: "" };

export function identityDraft(of: Identity): IdentityDraft {
  const { name, email, textSignature } = of;
  return { name, email, textSignature, replyTo: writtenAll(of.replyTo), bcc: writtenAll(of.bcc) };
}

/** The first part of a draft that is no address. */
export function wrongPart(of: IdentityDraft): string | null {
  const email = parsed(of.email);
  if (email.addresses.length !== 1 || email.wrong.length > 0) return of.email.trim();
  return parsed(of.replyTo).wrong[0] ?? parsed(of.bcc).wrong[0] ?? null;
}

function addresses(typed: string): readonly Address[] | null {
  const { addresses } = parsed(typed);
  return addresses.length === 0 ? null : addresses;
}

/** Writes one, new or changed, and gives all that there are then. An address that is there stays (RFC 8621, 6). */
export async function saveIdentity(
  client: Client,
  of: Identity | null,
  draft: IdentityDraft,
): Promise<readonly Identity[]> {
  const now = {
    name: draft.name.trim(),
    replyTo: addresses(draft.replyTo),
    bcc: addresses(draft.bcc),
    textSignature: draft.textSignature,
  };
  const key = of?.id ?? "new";
  const orders =
    of === null ? { create: { new: { ...now, email: draft.email.trim() } } } : { update: { [of.id]: now } };
  refusedIn(await client.call(set(IDENTITY, client.accountId, orders)), key);
  return identities(client);
}

export async function removeIdentity(client: Client, { id }: Identity): Promise<readonly Identity[]> {
  refusedIn(await client.call(set(IDENTITY, client.accountId, { destroy: [id] })), id);
  return identities(client);
}

async function identities(client: Client): Promise<readonly Identity[]> {
  return (await client.call(get(IDENTITY, client.accountId, null))).list;
}
