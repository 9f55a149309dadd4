/** What a row of the list says of a message or a conversation: worked out at once, and drawn from a value. */
import type { Email } from "../jmap/mail";
import type { Label } from "../jmap/own";
import { shortName } from "../model/addresses";
import { type Tag, tagsOf } from "../model/labels";
import type { Texts } from "../texts/en";
import type { Language } from "../texts/languages";
import { shortDate } from "./format";
import type { IconName } from "./icons";

/** What all rows of a list are written with. */
export interface RowTexts {
  readonly list: Texts["list"];
  readonly language: Language;
  readonly labels: readonly Label[];
  /** It shows to whom, not from whom. */
  readonly outgoing: boolean;
}

/** Of at least one message. */
export interface RowOf {
  readonly newest: Email;
  /** All of them, the newest last. */
  readonly emails: readonly Email[];
}

/** A word that is not said is empty. */
export interface RowWords {
  readonly isUnread: boolean;
  readonly unread: string;
  readonly people: string;
  /** How many messages they are, where they are more than one: to be seen, and to be heard. */
  readonly number: string;
  readonly together: string;
  readonly receivedAt: number;
  readonly moment: string;
  readonly date: string;
  readonly draft: string;
  readonly subject: string;
  readonly preview: string;
  readonly tags: readonly Tag[];
  readonly signs: readonly { readonly icon: IconName; readonly says: string }[];
}

function people({ newest, emails }: RowOf, { list, outgoing }: RowTexts): string {
  if (outgoing) return list.to((newest.to ?? []).map(shortName).join(", "));
  const names = emails.flatMap(({ from }) => (from ?? []).map(shortName));
  return names.length === 0 ? list.noSender : [...new Set(names)].slice(-3).join(", ");
}

function signs(keywords: ReadonlySet<string>, emails: readonly Email[], { list }: RowTexts): RowWords["signs"] {
  const all = [
    { icon: "reply", says: list.isAnswered, on: keywords.has("$answered") },
    { icon: "forward", says: list.isForwarded, on: keywords.has("$forwarded") },
    { icon: "attach", says: list.hasAttachment, on: emails.some(({ hasAttachment }) => hasAttachment) },
    { icon: "starred", says: list.isFlagged, on: keywords.has("$flagged") },
  ] as const;
  return all.filter(({ on }) => on);
}

export function rowWords(row: RowOf, texts: RowTexts): RowWords {
  const { newest, emails } = row;
  const { list, language } = texts;
  const keywords = emails.length === 1 ? newest.keywords : new Set(emails.flatMap((email) => [...email.keywords]));
  const isUnread = emails.some((email) => !email.keywords.has("$seen"));
  const isTogether = emails.length > 1;
  return {
    isUnread,
    unread: isUnread ? `${list.isUnread},` : "",
    people: people(row, texts),
    number: isTogether ? String(emails.length) : "",
    together: isTogether ? `, ${list.inConversation(emails.length)},` : "",
    receivedAt: newest.receivedAt,
    moment: new Date(newest.receivedAt).toISOString(),
    date: shortDate(newest.receivedAt, language),
    draft: keywords.has("$draft") ? list.isDraft : "",
    subject: newest.subject || list.noSubject,
    preview: newest.preview,
    tags: tagsOf(keywords, texts.labels),
    signs: signs(keywords, emails, texts),
  };
}
