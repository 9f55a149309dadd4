/** Beginning a message from another one: an answer, or passing it on. */
import type { Address, Identity, Message } from "../jmap/mail";
import { same, writtenAll } from "./addresses";
import { type Attached, attached, BEGIN, blank, type Composition, type Form, signed } from "./composition";
import { body, htmlOf } from "./contents";
import { escaped, htmlOfText, signature, signatureHtml, textOfRich } from "./rich";

/** The words around what is quoted, in the writer's language. */
export interface QuoteWords {
  /** "On … Jan wrote:" */
  wrote(message: Message): string;
  /** The lines that say what is passed on. */
  forwarded(message: Message): string;
}

function prefixed(prefix: "Re" | "Fwd", subject: string | null): string {
  const known = prefix === "Re" ? /^(re|antw|betr)(\[\d+\])?:/i : /^(fwd?|doorst):/i;
  const bare = (subject ?? "").trim();
  return known.test(bare) ? bare : `${prefix}: ${bare}`;
}

/** Each line behind a mark, quotes of quotes closer (RFC 3676, 4.5). */
function quoted(textOf: string): string {
  return textOf
    .trimEnd()
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => (line.startsWith(">") ? `>${line}` : line === "" ? ">" : `> ${line}`))
    .join("\n");
}

function others(addresses: readonly Address[] | null, not: readonly string[]): readonly Address[] {
  return (addresses ?? []).filter(({ email }) => !not.some((one) => same(one, email)));
}

/** Where the editor puts what was quoted, when it has cleaned it. */
export const QUOTE = '<div data-quote=""></div>';

/** How many letters of HTML are quoted with their looks, which the editor cleans in one go; 1 Mi. */
export const LONGEST_QUOTE = 1024 * 1024;

/** The formatted text of a message, where it is quoted as it looks; otherwise its words are. */
function quotable(message: Message): string | null {
  const html = htmlOf(message);
  return html === null || html.length > LONGEST_QUOTE ? null : html;
}

/** The formatted text of an answer: room to write, who wrote, what he wrote, the signature. */
function richAnswer(message: Message, identity: Identity, words: QuoteWords): Partial<Composition> {
  const head = `${BEGIN}${BEGIN}<div>${escaped(words.wrote(message))}</div>`;
  return rich(
    `${head}<blockquote type="cite">${QUOTE}</blockquote>${BEGIN}`,
    signature(signatureHtml(identity)),
    message,
  );
}

function rich(above: string, below: string, message: Message): Partial<Composition> {
  const html = `${above}${below}`;
  return { html, text: textOfRich(html), quote: quotable(message) ?? htmlOfText(body(message).text) };
}

/** What a quote shows comes with it; what is only attached does not. */
function shown(message: Message): readonly Attached[] {
  const html = quotable(message);
  return html === null ? [] : attached(message).filter(({ cid }) => cid !== null && html.includes(`cid:${cid}`));
}

/** An answer to the sender, or to all. Own addresses get no copy; an answer to oneself goes where the message went. */
export function reply(
  message: Message,
  identity: Identity,
  own: readonly string[],
  words: QuoteWords,
  toWhom: "sender" | "all",
  form: Form = "plain",
): Composition {
  const asked = message.replyTo ?? message.from ?? [];
  const fromMe = others(asked, own).length === 0;
  const to = fromMe ? (message.to ?? []) : asked;
  const rest = others(fromMe ? message.cc : [...(message.to ?? []), ...(message.cc ?? [])], own);
  const cc =
    toWhom === "all"
      ? others(
          rest,
          to.map(({ email }) => email),
        )
      : [];
  return {
    ...blank(identity),
    to: writtenAll(to),
    cc: writtenAll(cc),
    subject: prefixed("Re", message.subject),
    text: `\n\n${words.wrote(message)}\n${quoted(body(message).text)}${signed(identity)}`,
    ...(form === "rich" ? { ...richAnswer(message, identity, words), attachments: shown(message) } : {}),
    // RFC 5322, 3.6.4
    inReplyTo: message.messageId,
    references: [...(message.references ?? message.inReplyTo ?? []), ...(message.messageId ?? [])],
    origin: { id: message.id, mark: "$answered" },
  };
}

/** Passes a message on, its text inline and its attachments with it. */
export function forward(message: Message, identity: Identity, words: QuoteWords, form: Form = "plain"): Composition {
  const head = htmlOfText(words.forwarded(message));
  const above = `${BEGIN}${signature(signatureHtml(identity))}${BEGIN}${head}${BEGIN}${QUOTE}`;
  return {
    ...blank(identity),
    subject: prefixed("Fwd", message.subject),
    text: `${signed(identity)}\n\n${words.forwarded(message)}\n\n${body(message).text}`,
    ...(form === "rich" ? rich(above, "", message) : {}),
    attachments: attached(message),
    references: [...(message.references ?? []), ...(message.messageId ?? [])],
    origin: { id: message.id, mark: "$forwarded" },
  };
}

/** Passes a message on whole, as a file (RFC 2046, 5.2.1). */
export function forwardAsFile(message: Message, identity: Identity, form: Form = "plain"): Composition {
  const name = `${(message.subject ?? "").replace(/[^\p{L}\p{N} ._-]+/gu, "_").slice(0, 80) || "message"}.eml`;
  return {
    ...blank(identity, form),
    subject: prefixed("Fwd", message.subject),
    attachments: [{ blobId: message.blobId, name, type: "message/rfc822", size: message.size, cid: null }],
    references: [...(message.references ?? []), ...(message.messageId ?? [])],
    origin: { id: message.id, mark: "$forwarded" },
  };
}
