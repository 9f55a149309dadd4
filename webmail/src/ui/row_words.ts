/** What a row of the list says of a message or a conversation: worked out at once, and drawn from a value. */
import type { Email } from "../jmap/mail";
import type { Label } from "../jmap/own";
import { shortName } from "../model/addresses";
import { type Tag, tagsOf } from "../model/labels";
import type { Texts } from "../texts/en";

export interface RowWords {
  readonly unread: boolean;
  readonly people: string;
  readonly receivedAt: number;
  readonly subject: string;
  readonly preview: string;
  readonly tags: readonly Tag[];
  readonly draft: boolean;
  readonly answered: boolean;
  readonly forwarded: boolean;
  readonly attached: boolean;
  readonly flagged: boolean;
}

function people(emails: readonly Email[], newest: Email, outgoing: boolean, texts: Texts["list"]): string {
  if (outgoing) return texts.to((newest.to ?? []).map(shortName).join(", "));
  const names = emails.flatMap(({ from }) => (from ?? []).map(shortName));
  return names.length === 0 ? texts.noSender : [...new Set(names)].slice(-3).join(", ");
}

/** Of at least one message, the newest last. */
export function rowWords(
  emails: readonly Email[],
  outgoing: boolean,
  texts: Texts["list"],
  labels: readonly Label[],
): RowWords | null {
  const newest = emails.at(-1);
  if (newest === undefined) return null;
  const keywords = new Set(emails.flatMap((email) => [...email.keywords]));
  return {
    unread: emails.some((email) => !email.keywords.has("$seen")),
    people: people(emails, newest, outgoing, texts),
    receivedAt: newest.receivedAt,
    subject: newest.subject || texts.noSubject,
    preview: newest.preview,
    tags: tagsOf(keywords, labels),
    draft: keywords.has("$draft"),
    answered: keywords.has("$answered"),
    forwarded: keywords.has("$forwarded"),
    attached: emails.some(({ hasAttachment }) => hasAttachment),
    flagged: keywords.has("$flagged"),
  };
}
