/** What a person means by a name: what he sees is called so, or what is in the other language. */
import type { MailboxId } from "../jmap/ids";
import { isWellKnown, type Tag } from "../model/labels";
import type { Branch } from "../model/mailboxes";
import { LABEL_NAMES, ROLE_NAMES } from "../texts/names";

/** The first of which a name fits: a name that one sees goes before one that one does not. */
function called<T>(
  wanted: string,
  all: readonly T[],
  seen: (of: T) => string,
  more: (of: T) => readonly string[],
): T | undefined {
  const fits = (name: string) => name.toLowerCase() === wanted.toLowerCase();
  return all.find((one) => fits(seen(one))) ?? all.find((one) => more(one).some(fits));
}

export function mailboxCalled(
  wanted: string,
  branches: readonly Branch[],
  seen: (of: Branch) => string,
): MailboxId | undefined {
  const found = called(wanted, branches, seen, ({ role, mailbox }) =>
    role === null ? [] : [mailbox.name, role, ROLE_NAMES.en[role], ROLE_NAMES.nl[role]],
  );
  return found?.mailbox.id;
}

/** The keyword of a label; a keyword that no label has, by itself. */
export function labelCalled(wanted: string, tags: readonly Tag[], seen: (of: Tag) => string): string | undefined {
  const found = called(wanted, tags, seen, ({ name, keyword }) =>
    name === null && isWellKnown(keyword) ? [keyword, LABEL_NAMES.en[keyword], LABEL_NAMES.nl[keyword]] : [keyword],
  );
  return found?.keyword ?? (/^[^\s()[\]{}%*"\\]+$/.test(wanted) ? wanted.toLowerCase() : undefined);
}
