/** An answer to an invitation: a message to who organises it, with a part for his program (RFC 5546, 3.2.3; RFC 6047, 2.4). */
import { Batch } from "../../jmap/batch";
import type { Client } from "../../jmap/client";
import type { MailboxId } from "../../jmap/ids";
import { EMAIL, type Identity, type Message, SUBMISSION_RECORD } from "../../jmap/mail";
import { createdIn, set } from "../../jmap/methods";
import { problemOf } from "../../jmap/problem";
import { same } from "../addresses";
import { mailAddress } from "../mail_link";
import type { Answer, Invitation } from "./invitation";
import { type Component, lineNamed } from "./lines";

const PARTSTAT: Readonly<Record<Answer, string>> = {
  accepted: "ACCEPTED",
  tentative: "TENTATIVE",
  declined: "DECLINED",
};

/** By which a message is known to be answered, also after a reload. */
export const ANSWERED: Readonly<Record<Answer, string>> = {
  accepted: "$invitation-accepted",
  tentative: "$invitation-tentative",
  declined: "$invitation-declined",
};

/** Octets of a line (RFC 5545, 3.1). */
const LINE = 75;

/** A line in as many pieces as it takes; no letter is cut in two. */
export function folded(line: string): string {
  const encoder = new TextEncoder();
  let [out, length] = ["", 0];
  for (const letter of line) {
    const size = encoder.encode(letter).length;
    if (length + size > LINE) {
      out += "\r\n ";
      length = 1;
    }
    out += letter;
    length += size;
  }
  return out;
}

/** A component as it was written. */
function written({ name, lines, inside }: Component): readonly string[] {
  return [`BEGIN:${name}`, ...lines.map(({ raw }) => raw), ...inside.flatMap(written), `END:${name}`];
}

/** A parameter's value in quotes, which it cannot have inside (RFC 6868, 3.1). */
function quoted(text: string): string {
  return `"${text
    .replace(/[\p{Cc}]/gu, " ")
    .replace(/\^/g, "^^")
    .replace(/"/g, "^'")}"`;
}

/** A text for a value (RFC 5545, 3.3.11). */
function escaped(text: string): string {
  return text.replace(/([\\;,])/g, "\\$1").replace(/\n/g, "\\n");
}

function utc(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d+/g, "");
}

/** The file that says what the reader answers. */
export function reply(to: Invitation, by: Identity, answer: Answer, now: number): string {
  const of = (name: string) => lineNamed(to.event, name);
  const invited = to.event.lines.find(
    ({ name, value }) => name === "ATTENDEE" && same(mailAddress(value) ?? "", by.email),
  );
  const attendee = invited === undefined ? `mailto:${by.email}` : invited.value;
  const name = by.name === "" ? "" : `;CN=${quoted(by.name)}`;
  // RFC 5545, 3.2.19: a zone that is named is there
  const zone = of("RECURRENCE-ID")?.parameters.get("TZID");
  const zones = to.zones.filter((one) => zone !== undefined && lineNamed(one, "TZID")?.value === zone);
  const lines = [
    "BEGIN:VCALENDAR",
    "PRODID:-//Glaspost//Webmail//NL",
    "VERSION:2.0",
    "METHOD:REPLY",
    ...zones.flatMap(written),
    "BEGIN:VEVENT",
    ...["UID", "RECURRENCE-ID", "SEQUENCE", "ORGANIZER"].flatMap((one) => of(one)?.raw ?? []),
    `DTSTAMP:${utc(now)}`,
    `ATTENDEE;PARTSTAT=${PARTSTAT[answer]}${name}:${attendee}`,
    ...(to.summary === "" ? [] : [`SUMMARY:${escaped(to.summary)}`]),
    "REQUEST-STATUS:2.0;Success",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return `${lines.map(folded).join("\r\n")}\r\n`;
}

/** What an answer is made of beside the invitation. */
export interface Answering {
  readonly by: Identity;
  readonly answer: Answer;
  /** What people read of it. */
  readonly subject: string;
  readonly words: string;
  readonly drafts: MailboxId;
  readonly sent: MailboxId;
}

/** The message (RFC 6047, 2.4): words for people, and the same for a program. */
export function answerObject(to: Invitation, message: Message, of: Answering, now: number): Record<string, unknown> {
  const [{ by }, { organizer }] = [of, to];
  const method = "text/calendar; method=REPLY; charset=utf-8";
  return {
    mailboxIds: { [of.drafts]: true },
    keywords: { $draft: true, $seen: true },
    from: [{ name: by.name === "" ? null : by.name, email: by.email }],
    to: organizer === null ? [] : [{ name: organizer.name === "" ? null : organizer.name, email: organizer.email }],
    subject: of.subject,
    ...(message.messageId === null ? {} : { inReplyTo: message.messageId, references: message.messageId }),
    bodyValues: { words: { value: of.words }, answer: { value: reply(to, by, of.answer, now) } },
    bodyStructure: {
      type: "multipart/alternative",
      subParts: [
        { partId: "words", type: "text/plain" },
        { partId: "answer", "header:Content-Type": ` ${method}` },
      ],
    },
  };
}

/** Sends it; what is not taken leaves no draft behind. */
export async function sendAnswer(client: Client, to: Invitation, message: Message, of: Answering): Promise<void> {
  const { accountId } = client;
  const batch = new Batch();
  const create = { answer: answerObject(to, message, of, Date.now()) };
  const email = batch.add(set(EMAIL, accountId, { create }));
  const sent = { [`mailboxIds/${of.drafts}`]: null, [`mailboxIds/${of.sent}`]: true, "keywords/$draft": null };
  const submission = batch.add(
    set(
      SUBMISSION_RECORD,
      accountId,
      { create: { send: { emailId: "#answer", identityId: of.by.id } } },
      { onSuccessUpdateEmail: { "#send": sent } },
    ),
  );
  const answers = await client.send(batch);
  const emailId = createdIn(answers.of(email), "answer");
  try {
    createdIn(answers.of(submission), "send");
  } catch (thrown) {
    const destroy = [emailId];
    await client.call(set(EMAIL, accountId, { destroy })).catch((second: unknown) => void problemOf(second));
    throw thrown;
  }
}
