/** What a person does to messages in a list, as patches: pure, so that each can be tested by a table. */
import type { EmailId, MailboxId } from "../jmap/ids";
import { type Marks, type Patch, type Patches, patch } from "./patch";

/** What of a message an act must know. */
export type Acted = Marks & { readonly id: EmailId };

/** Where messages go; the name is also what the notice says. */
export type Move = "archived" | "junked" | "not-junked" | "trashed" | "moved";
export type Mark = "read" | "unread" | "flagged" | "unflagged";
export type Labelling = "labelled" | "unlabelled";
/** What a person is told was done. */
export type Deed = Move | Mark | Labelling | "destroyed" | "sent" | "contact-removed" | "contact-added" | "blocked";

/** Into one mailbox, out of the one that is looked at; seen from a search, out of all others. */
export function moved(emails: readonly Acted[], from: MailboxId | null, to: MailboxId, move: Move): Patches {
  const marks: Partial<Patch> =
    move === "junked"
      ? { mark: ["$junk"], unmark: ["$notjunk"] }
      : move === "not-junked"
        ? { mark: ["$notjunk"], unmark: ["$junk"] }
        : {};
  // what goes to the trash or is junk lies nowhere else
  const everywhere = from === null || move === "trashed" || move === "junked";
  const patches = emails.map((email): [EmailId, Patch] => {
    const outOf = [...email.mailboxIds].filter((id) => id !== to && (everywhere || id === from));
    return [email.id, patch({ ...marks, into: email.mailboxIds.has(to) ? [] : [to], outOf })];
  });
  return new Map(patches.filter(([, { into, outOf }]) => into.length > 0 || outOf.length > 0));
}

const KEYWORDS: Readonly<Record<Mark, Partial<Patch>>> = {
  read: { mark: ["$seen"] },
  unread: { unmark: ["$seen"] },
  flagged: { mark: ["$flagged"] },
  unflagged: { unmark: ["$flagged"] },
};

export function marked(emails: readonly Acted[], mark: Mark): Patches {
  return changed(emails, patch(KEYWORDS[mark]));
}

export function labelled(emails: readonly Acted[], keyword: string, how: Labelling): Patches {
  return changed(emails, patch(how === "labelled" ? { mark: [keyword] } : { unmark: [keyword] }));
}

/** For those that the change touches. */
function changed(emails: readonly Acted[], change: Patch): Patches {
  const touched = emails.filter(
    ({ keywords }) =>
      change.mark.some((word) => !keywords.has(word)) || change.unmark.some((word) => keywords.has(word)),
  );
  return new Map(touched.map(({ id }) => [id, change]));
}
