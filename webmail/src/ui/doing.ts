/** Acts by the names of their buttons and keys. */
import type { EmailId } from "../jmap/ids";
import type { Account } from "../model/account";
import type { Role } from "../model/mailboxes";

export type Doing =
  | "archive"
  | "trash"
  | "destroy"
  | "junk"
  | "notJunk"
  | "move"
  | "label"
  | "read"
  | "unread"
  | "flag"
  | "unflag";

/** What is done in a mailbox of this role where somebody asks for it, by a button or a key: what leads out of there in the place of what
 * leads into it; `null` where it makes no sense. */
export function meantIn(role: Role | null, act: "archive" | "trash" | "junk"): Doing | null {
  switch (act) {
    case "archive":
      return role === "archive" || role === "drafts" ? null : "archive";
    case "trash":
      return role === "trash" || role === "drafts" ? "destroy" : "trash";
    case "junk":
      if (role === "drafts" || role === "sent") return null;
      return role === "junk" ? "notJunk" : "junk";
  }
}

/** Does what needs no question first; the others are asked by whoever shows the question. */
export function doNow(
  account: Account,
  act: Exclude<Doing, "move" | "label" | "destroy">,
  ids: readonly EmailId[],
): Promise<void> {
  switch (act) {
    case "archive":
      return account.move(ids, account.place("archive"), "archived");
    case "trash":
      return account.move(ids, account.place("trash"), "trashed");
    case "junk":
      return account.move(ids, account.place("junk"), "junked");
    case "notJunk":
      return account.move(ids, account.place("inbox"), "not-junked");
    case "read":
      return account.mark(ids, "read");
    case "unread":
      return account.mark(ids, "unread");
    case "flag":
      return account.mark(ids, "flagged");
    case "unflag":
      return account.mark(ids, "unflagged");
  }
}
