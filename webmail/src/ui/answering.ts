/** Beginning to write from a message that is read. */
import type { Message } from "../jmap/mail";
import { problemOf } from "../jmap/problem";
import type { Account } from "../model/account";
import { shortName, writtenAll } from "../model/addresses";
import { forward, forwardAsFile, type QuoteWords, reply } from "../model/answers";
import { blank, type Composition, type Form, namedAmong, resumed } from "../model/composition";
import { body } from "../model/contents";
import type { Desk } from "../model/desk";
import type { Texts } from "../texts/en";
import type { Language } from "../texts/languages";
import { longDate } from "./format";
import type { Shell } from "./shell.svelte";

export type Answering = "reply" | "replyAll" | "forward" | "forwardAsFile" | "edit";

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

/** What an answer is made of: all of the message, where that is more than what is read of it. */
async function source(how: Answering, message: Message, account: Account, form: Form): Promise<Message> {
  if (how === "edit") return account.messages.whole(message.id);
  if (how === "forwardAsFile" || (form === "plain" && !body(message).truncated)) return message;
  // without a connection what was read is what is quoted
  return account.messages.whole(message.id).catch((thrown: unknown) => {
    problemOf(thrown);
    return message;
  });
}

/** A new message, with words where somebody chose them; `null` where nobody here may send. */
export async function begun(
  account: Account,
  { preferences: { rich } }: Pick<Shell, "preferences">,
  words: Partial<Pick<Composition, "to" | "subject" | "text">> = {},
): Promise<Composition | null> {
  const [identity] = account.identities.value;
  if (identity === undefined) return null;
  // words that somebody else chose are read by programs, and have no layout
  return { ...blank(identity, rich && words.text === undefined ? "rich" : "plain"), ...words };
}

/** The message to be written; `null` where nobody here may send. */
export async function answer(
  how: Answering,
  message: Message,
  account: Account,
  desk: Desk,
  { texts, preferences: { language, rich } }: Pick<Shell, "texts" | "preferences">,
): Promise<Composition | null> {
  const identities = account.identities.value;
  const own = identities.map(({ email }) => email.toLowerCase());
  // who was written to at one of his addresses answers from it; a draft goes on from whom it is
  const from = message.from ?? [];
  const named = how === "edit" ? from : [...(message.to ?? []), ...(message.cc ?? []), ...from];
  const identity = namedAmong(named, identities);
  if (identity === undefined) return null;
  // each time it is saved it is another record, of the same Message-ID
  const isThis = ({ draftId, messageId }: Composition) =>
    draftId === message.id || message.messageId?.[0] === messageId;
  const open = desk.open.value.find(({ composition }) => isThis(composition));
  if (how === "edit" && open !== undefined) return open.composition;
  const quote = words(texts, language);
  const form = rich ? "rich" : "plain";
  const whole = await source(how, message, account, form);
  switch (how) {
    case "reply":
      return reply(whole, identity, own, quote, "sender", form);
    case "replyAll":
      return reply(whole, identity, own, quote, "all", form);
    case "forward":
      return forward(whole, identity, quote, form);
    case "forwardAsFile":
      return forwardAsFile(whole, identity, form);
    case "edit":
      return resumed(whole, identity);
  }
}
