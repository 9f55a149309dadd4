/** What a report of a mail server says of a message that one sent (RFC 3464): read from its part for programs. */
import { type Reason, reasonOf } from "./reasons";

export interface Reported {
  readonly recipient: string;
  readonly action: "failed" | "delayed" | "delivered" | "relayed" | "expanded";
  readonly reason: Reason;
  /** The words of the server that refused, and which one it was. */
  readonly words: string;
  readonly server: string;
}

const ACTIONS = ["failed", "delayed", "delivered", "relayed", "expanded"] as const;
const MOST = 100;

/** The fields of one block, by lower-case name; a line that begins with a blank goes on (RFC 5322, 2.2.3). */
function fields(block: string): ReadonlyMap<string, string> {
  const lines = block.replace(/\n[ \t]+/g, " ").split("\n");
  return new Map(
    lines.flatMap((line): [string, string][] => {
      const colon = line.indexOf(":");
      return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]] : [];
    }),
  );
}

/** A value behind its type: `rfc822; jan@a.example`. */
function untyped(value: string | undefined): string {
  return (value ?? "").replace(/^[\w-]+\s*;\s*/, "").trim();
}

/** For each recipient that the report names. */
export function reported(text: string): readonly Reported[] {
  const blocks = text.replace(/\r\n?/g, "\n").split(/\n[ \t]*\n/);
  return blocks.slice(0, MOST).flatMap((block): Reported[] => {
    const of = fields(block);
    const recipient = untyped(of.get("original-recipient")) || untyped(of.get("final-recipient"));
    const action = ACTIONS.find((one) => one === of.get("action")?.toLowerCase().split(/[\s(]/)[0]);
    if (recipient === "" || action === undefined) return [];
    const words = untyped(of.get("diagnostic-code"));
    const status = of.get("status") ?? "";
    const told = reasonOf(status);
    const reason = told === "unknown" || told === "refused" || told === "busy" ? better(told, reasonOf(words)) : told;
    return [{ recipient, action, reason, words, server: untyped(of.get("remote-mta")) }];
  });
}

/** A general status says less than the other server's own reply. */
function better(told: Reason, other: Reason): Reason {
  return other === "unknown" ? told : other;
}

/** What a reader's program tells (RFC 8098, 3.1): to whom it was shown. */
export interface Receipt {
  readonly reader: string;
  /** The id of the message that it is about, without its brackets; empty where it does not say. */
  readonly original: string;
  readonly displayed: boolean;
}

export function receipt(text: string): Receipt | null {
  const of = fields(text.replace(/\r\n?/g, "\n"));
  const reader = untyped(of.get("final-recipient"));
  const disposition = of.get("disposition") ?? "";
  const original = /^<([^<>\s]+)>/.exec(of.get("original-message-id") ?? "")?.[1] ?? "";
  return reader === "" ? null : { reader, original, displayed: /;\s*displayed/i.test(disposition) };
}
