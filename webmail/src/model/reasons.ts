/** Why a message did not come through, from a server's reply or a report: by its status code (RFC 3463), and by the reply's own
 * code where there is none. */

export type Reason =
  | "no-such-person"
  | "no-such-domain"
  | "no-mail-there"
  | "mailbox-full"
  | "mailbox-closed"
  | "too-large"
  | "refused"
  | "sender-not-proven"
  | "unreachable"
  | "too-long-tried"
  | "no-encryption"
  | "busy"
  | "unknown";

/** By subject and detail of the status, whatever its class. */
const BY_STATUS: Readonly<Record<string, Reason>> = {
  "1.0": "no-such-person",
  "1.1": "no-such-person",
  "1.2": "no-such-domain",
  "1.3": "no-such-person",
  "1.6": "no-such-person",
  // RFC 7505, 4.1 and 4.2
  "1.10": "no-mail-there",
  "2.1": "mailbox-closed",
  "2.2": "mailbox-full",
  "2.3": "too-large",
  "3.1": "mailbox-full",
  "3.4": "too-large",
  "4.1": "unreachable",
  "4.2": "unreachable",
  "4.3": "unreachable",
  "4.4": "no-such-domain",
  "4.5": "busy",
  "4.7": "too-long-tried",
  "7.4": "no-encryption",
  "7.10": "no-encryption",
  // RFC 7372, 3 and RFC 7489
  "7.20": "sender-not-proven",
  "7.21": "sender-not-proven",
  "7.22": "sender-not-proven",
  "7.23": "sender-not-proven",
  "7.24": "sender-not-proven",
  "7.25": "sender-not-proven",
  "7.26": "sender-not-proven",
};

const STATUS = /\b([245])\.(\d{1,3})\.(\d{1,3})\b/;

/** The reason that a status code tells, `5.1.1` or a reply that has one. */
export function reasonOf(reply: string): Reason {
  const [, kind = "", subject = "", detail = ""] = STATUS.exec(reply) ?? [];
  const known = BY_STATUS[`${subject}.${detail}`];
  if (known !== undefined) return known;
  const code = /^\s*([45]\d\d)\b/.exec(reply)?.[1] ?? "";
  if (code === "552") return "mailbox-full";
  if (kind === "4" || code.startsWith("4")) return "busy";
  if (subject === "7" || code === "554") return "refused";
  if (kind === "" && /^55[013]$/.test(code)) {
    // without a status it is one of two things, and the words tell which
    return /unknown|no such|not exist|not found|invalid|onbekend/i.test(reply) ? "no-such-person" : "refused";
  }
  return "unknown";
}
