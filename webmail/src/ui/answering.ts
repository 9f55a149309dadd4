/** Beginning to write from a message that is read. */
import type { Message } from "../jmap/mail";
import type { Account } from "../model/account";
import { shortName, writtenAll } from "../model/addresses";
import { type Composition, forward, type QuoteWords, reply, resumed } from "../model/composition";
import type { Texts } from "../texts/en";
import type { Language } from "../texts/languages";
import { longDate } from "./format";

export type Answering = "reply" | "replyAll" | "forward" | "edit";

function words(texts: Texts, language: Language): QuoteWords {
  const dated = ({ sentAt, receivedAt }: Message) => longDate(sentAt ?? receivedAt, language);
  const { message } = texts;
  return {
    wrote: (of) => message.wrote(dated(of), (of.from ?? []).map(shortName).join(", ")),
    forwarded: (of) =>
      [
        message.forwarded,
        `${message.from}: ${writtenAll(of.from)}`,
        `${message.date}: ${dated(of)}`,
        `${message.subject}: ${of.subject ?? ""}`,
        `${message.to}: ${writtenAll(of.to)}`,
      ].join("\n"),
  };
}

/** The message to be written; `null` where nobody here may send. */
export function answer(
  how: Answering,
  message: Message,
  account: Account,
  texts: Texts,
  language: Language,
): Composition | null {
  const identities = account.identities.value;
  const own = identities.map(({ email }) => email.toLowerCase());
  const reached = [...(message.to ?? []), ...(message.cc ?? []), ...(message.from ?? [])].map(({ email }) =>
    email.toLowerCase(),
  );
  // who was written to at one of his addresses answers from it
  const identity = identities.find(({ email }) => reached.includes(email.toLowerCase())) ?? identities[0];
  if (identity === undefined) return null;
  const quote = words(texts, language);
  switch (how) {
    case "reply":
      return reply(message, identity, own, quote, "sender");
    case "replyAll":
      return reply(message, identity, own, quote, "all");
    case "forward":
      return forward(message, identity, quote);
    case "edit":
      return (
        account.desk.open.value.find(({ composition }) => composition.draftId === message.id)?.composition ??
        resumed(message, identity)
      );
  }
}
