/** What the header of a message says that its reader may want to know, one thing at a time. What it says of whom to believe is not among it: our own server tells that itself (sender_verdict.ts). */
import type { Email, Message } from "../jmap/mail";
import { same } from "./addresses";
import { type Field, valuesOf } from "./header_fields";

export type Remark =
  /** Answers go to somebody else (RFC 5322, 3.6.2). */
  | { readonly kind: "reply-elsewhere"; readonly email: string }
  /** Somebody else sent it for who wrote it. */
  | { readonly kind: "sent-by"; readonly email: string }
  /** Reports go to somebody else (RFC 5321, 4.4). */
  | { readonly kind: "reports-elsewhere"; readonly email: string }
  /** Nobody is told when it cannot be delivered. */
  | { readonly kind: "no-reports" }
  | { readonly kind: "written"; readonly at: number }
  /** Its date is far from when it came. */
  | { readonly kind: "date-differs"; readonly hours: number }
  | { readonly kind: "no-date" }
  | { readonly kind: "received"; readonly at: number }
  | { readonly kind: "message-id"; readonly id: string }
  | { readonly kind: "answers"; readonly id: string }
  /** It came by a list (RFC 2919, 2). */
  | { readonly kind: "list"; readonly id: string }
  /** One can leave that list, or write to it (RFC 2369, 3). */
  | { readonly kind: "list-leave" }
  | { readonly kind: "list-post"; readonly email: string }
  /** A program sent it, and wants no answer of a program (RFC 3834, 5). */
  | { readonly kind: "automatic" }
  | { readonly kind: "many" }
  /** With what it was written. */
  | { readonly kind: "program"; readonly name: string };

const HOUR = 3_600_000;
/** What clocks and queues may come to. */
const NEAR = 6 * HOUR;

function addressIn(value: string | undefined): string | null {
  return /<?([^\s<>@]{1,64}@[^\s<>@]{1,255})>?\s*$/.exec(value ?? "")?.[1] ?? null;
}

/** The words of a value that people may read, and not more of them than they want to. */
function short(value: string): string {
  return value.replace(/[\p{Cc}\p{Cf}]/gu, "").slice(0, 300);
}

function senders(fields: readonly Field[], { from, replyTo, sender }: Message): readonly Remark[] {
  const first = from?.[0]?.email ?? "";
  const others = (replyTo ?? []).filter(({ email }) => !(from ?? []).some((one) => same(one.email, email)));
  const [returnPath] = valuesOf(fields, "Return-Path");
  const reports = addressIn(returnPath);
  const by = sender?.[0]?.email;
  return [
    ...others.slice(0, 5).map(({ email }): Remark => ({ kind: "reply-elsewhere", email })),
    ...(by === undefined || same(by, first) ? [] : [{ kind: "sent-by", email: by } as const]),
    ...(reports === null || same(reports, first) ? [] : [{ kind: "reports-elsewhere", email: reports } as const]),
    ...(returnPath?.trim() === "<>" ? [{ kind: "no-reports" } as const] : []),
  ];
}

function dates({ receivedAt }: Email, { sentAt }: Message): readonly Remark[] {
  const received = { kind: "received", at: receivedAt } as const;
  if (sentAt === null) return [{ kind: "no-date" }, received];
  const apart = Math.abs(receivedAt - sentAt);
  const differs = apart > NEAR ? [{ kind: "date-differs", hours: Math.round(apart / HOUR) } as const] : [];
  return [{ kind: "written", at: sentAt }, received, ...differs];
}

function lists(fields: readonly Field[]): readonly Remark[] {
  const [id] = valuesOf(fields, "List-Id");
  const post = /<mailto:([^>?]{1,320})/i.exec(valuesOf(fields, "List-Post")[0] ?? "")?.[1];
  return [
    ...(id === undefined ? [] : [{ kind: "list", id: short(/<([^>]+)>/.exec(id)?.[1] ?? id) } as const]),
    ...(valuesOf(fields, "List-Unsubscribe").length > 0 ? [{ kind: "list-leave" } as const] : []),
    ...(post === undefined ? [] : [{ kind: "list-post", email: short(post) } as const]),
  ];
}

/** All there is to say of a header. */
export function remarks(fields: readonly Field[], email: Email, message: Message): readonly Remark[] {
  const value = (name: string) => valuesOf(fields, name)[0];
  const automatic = value("Auto-Submitted")?.trim().toLowerCase() ?? "no";
  const program = value("User-Agent") ?? value("X-Mailer");
  const [id] = message.messageId ?? [];
  const [answered] = message.inReplyTo ?? [];
  return [
    ...senders(fields, message),
    ...dates(email, message),
    ...(id === undefined ? [] : [{ kind: "message-id", id: short(id) } as const]),
    ...(answered === undefined ? [] : [{ kind: "answers", id: short(answered) } as const]),
    ...lists(fields),
    ...(/^no\b/.test(automatic) ? [] : [{ kind: "automatic" } as const]),
    ...(/^(?:bulk|list|junk)$/i.test(value("Precedence")?.trim() ?? "") ? [{ kind: "many" } as const] : []),
    ...(program === undefined ? [] : [{ kind: "program", name: short(program) } as const]),
  ];
}
