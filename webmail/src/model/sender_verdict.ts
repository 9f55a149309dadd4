/**
 * Whether a message comes from whom it says. The server hands over the one field that it stands for (SenderVerdict,
 * docs/jmap-account.md); what stands in the header of a message is not asked, since anybody may have written it.
 */
import type { Call } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { absent, attempt, id, list, nullable, object, text } from "../jmap/decode";
import type { EmailId } from "../jmap/ids";
import type { Address } from "../jmap/mail";
import { OWN, offered } from "../jmap/own";
import { type AuthenticationResults, authenticationResults, type Finding } from "./authentication_results";

const offer = object({ authservId: absent(nullable(text), null) });
const told = object({
  list: list(object({ id: id<"Email">(), authenticationResults: absent(nullable(text), null) })),
});

/** By which name the server says what it found out; `null` where it says nothing. */
function authservId({ session, accountId }: Client): string | null {
  if (offered(session, accountId) === null) return null;
  const of = session.accounts.get(accountId)?.accountCapabilities.get(OWN);
  return attempt(offer, of)?.authservId?.toLowerCase() ?? null;
}

/** What the server found out about who sent a message; `null` where it says nothing. */
export async function foundOut(client: Client, of: EmailId): Promise<AuthenticationResults | null> {
  const own = authservId(client);
  if (own === null) return null;
  const call: Call<ReturnType<typeof told>> = {
    method: "SenderVerdict/get",
    using: OWN,
    arguments: { accountId: client.accountId, ids: [of] },
    decode: told,
  };
  const field = (await client.call(call)).list.find((one) => one.id === of)?.authenticationResults ?? null;
  const read = field === null ? null : authenticationResults(field);
  return read !== null && read.authservId === own ? read : null;
}

export interface Verdict {
  readonly kind: "genuine" | "uncertain" | "false";
  readonly domain: string;
}

/** The domain in an address, or in a domain that stands alone; in lower case, as the network has it. */
function domainOf(value: string | undefined): string {
  const domain = (value ?? "").slice((value ?? "").lastIndexOf("@") + 1);
  if (!/^[\p{L}\p{M}\p{N}._-]{1,255}$/u.test(domain)) return "";
  try {
    return new URL(`https://${domain}/`).hostname.replace(/\.$/, "");
  } catch {
    return "";
  }
}

/**
 * One word about the sender. Only DMARC speaks of the address that a reader sees (RFC 7489, 3): SPF is about the envelope, and
 * anybody can sign with DKIM for a domain of his own. So only its `pass` says that a message is genuine, for the domain that it
 * names and that stands in From, alone; only its `fail` that it is not. All else is not certain, and where nothing was looked
 * for there is nothing to say.
 */
export function verdict({ findings }: AuthenticationResults, from: readonly Address[] | null): Verdict | null {
  const [sender, ...others] = from ?? [];
  const domain = domainOf(sender?.email);
  if (findings.length === 0 || domain === "") return null;
  const [dmarc, ...more] = findings.filter(({ method }) => method === "dmarc");
  const isClear = dmarc !== undefined && more.every(({ result }) => result === dmarc.result);
  const isAboutFrom = others.length === 0 && domainOf(dmarc?.properties.get("header.from")) === domain;
  if (isClear && dmarc.result === "fail") return { kind: "false", domain };
  if (isClear && dmarc.result === "pass" && isAboutFrom) return { kind: "genuine", domain };
  return { kind: "uncertain", domain };
}

/** What is said of one finding: by what, how it ended, and about which domain. */
export interface Explained {
  readonly method: "spf" | "dkim" | "dmarc";
  readonly result: "pass" | "fail" | "none" | "unsure";
  /** Empty where the server does not say. */
  readonly domain: string;
}

const METHODS = ["dmarc", "dkim", "spf"] as const;
/** Where the domain stands (RFC 8601, 2.7), the best first. */
const PLACES = {
  spf: ["smtp.mailfrom", "smtp.helo"],
  dkim: ["header.d", "header.i"],
  dmarc: ["header.from"],
} as const;
const MOST_EXPLAINED = 20;

function resultOf({ result }: Finding): Explained["result"] {
  if (result === "pass" || result === "fail" || result === "none") return result;
  return "unsure";
}

/** What is said of each finding that people may want to know, DMARC first. */
export function explained({ findings }: AuthenticationResults): readonly Explained[] {
  return METHODS.flatMap((method) =>
    findings
      .filter((one) => one.method === method)
      .map((one): Explained => {
        const domains = PLACES[method].map((place) => domainOf(one.properties.get(place)));
        return { method, result: resultOf(one), domain: domains.find((domain) => domain !== "") ?? "" };
      }),
  ).slice(0, MOST_EXPLAINED);
}
