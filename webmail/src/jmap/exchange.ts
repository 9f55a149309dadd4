/** Import and export: whole mailboxes and vCards as files, by addresses of their own (docs/jmap-account.md). */
import { absent, count, type Decoded, json, list, nullable, object, text } from "./decode";
import type { AccountId, MailboxId } from "./ids";
import { Failure } from "./problem";
import { byXhr, type Sending } from "./transfer";
import { refusal } from "./transport";

/** What is taken out. */
export type Export =
  | { readonly kind: "all" }
  | { readonly kind: "mailbox"; readonly id: MailboxId }
  | { readonly kind: "contacts" };

/** Where what comes in goes. */
export type Into = { readonly kind: "mailbox"; readonly id: MailboxId } | { readonly kind: "contacts" };

function filled(template: string, accountId: AccountId, name: string, parts: readonly string[]): string {
  const path = parts.map(encodeURIComponent).join("/");
  return template.replace("{accountId}", encodeURIComponent(accountId)).replace(`{${name}}`, () => path);
}

/** Where a file is fetched. */
export function exportUrl(template: string, accountId: AccountId, what: Export): string {
  switch (what.kind) {
    case "all":
      return filled(template, accountId, "what", ["mail.zip"]);
    case "mailbox":
      return filled(template, accountId, "what", ["mailbox", `${what.id}.mbox`]);
    case "contacts":
      return filled(template, accountId, "what", ["contacts.vcf"]);
  }
}

const outcome = object({
  imported: count,
  alreadyThere: absent(count, 0),
  /** The first of those that were not taken in, and how many there are of them. */
  refused: absent(list(object({ index: count, reason: text })), []),
  refusedTotal: absent(nullable(count), null),
});
/** What became of a file. */
export type Imported = Decoded<typeof outcome>;

/** The media type of a file by its name; `null` for one that is not taken. */
export function mediaType(name: string): string | null {
  const ending = /\.([^.]+)$/.exec(name.toLowerCase())?.[1];
  switch (ending) {
    case "eml":
      return "message/rfc822";
    case "mbox":
    case "mbx":
      return "application/mbox";
    case "vcf":
    case "vcard":
      return "text/vcard";
    default:
      // Unix programs keep mailboxes in files without an ending
      return ending === undefined ? "application/mbox" : null;
  }
}

/** Sends a file in, and waits for what became of it. */
export async function importFile(
  template: string,
  accountId: AccountId,
  into: Into,
  file: Blob,
  type: string,
  progress: (sent: number) => void,
  signal: AbortSignal,
  sending: Sending = byXhr,
): Promise<Imported> {
  const url = filled(template, accountId, "mailboxId", [into.kind === "mailbox" ? into.id : "contacts"]);
  const answer = await sending(url, file.slice(0, file.size, type), progress, signal);
  if (answer.status < 200 || answer.status > 299) {
    throw new Failure(refusal(answer.status, answer.retryAfter, answer.body));
  }
  return outcome(json(answer.body), "import");
}
