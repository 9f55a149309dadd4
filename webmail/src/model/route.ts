/** Where in the webmail one is, as the part of the address behind `#`: so that "back", bookmarks and two windows work. */
import { attempt, id } from "../jmap/decode";
import type { EmailId, MailboxId } from "../jmap/ids";

export type Route =
  | { readonly view: "start" }
  | {
      readonly view: "mailbox";
      readonly mailbox: MailboxId;
      readonly unreadOnly: boolean;
      readonly email: EmailId | null;
    }
  | { readonly view: "search"; readonly typed: string; readonly email: EmailId | null }
  | { readonly view: "settings" };

function decoded(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? "");
  } catch {
    return "";
  }
}

export function parsed(hash: string): Route {
  const [, view, first, second] = hash.replace(/^#/, "").split("/");
  const email = attempt(id<"Email">(), decoded(second));
  switch (view) {
    case "mail":
    case "unread": {
      const mailbox = attempt(id<"Mailbox">(), decoded(first));
      return mailbox === null ? { view: "start" } : { view: "mailbox", mailbox, unreadOnly: view === "unread", email };
    }
    case "search":
      return { view: "search", typed: decoded(first), email };
    case "settings":
      return { view: "settings" };
    default:
      return { view: "start" };
  }
}

export function written(route: Route): string {
  const behind = (part: string | null) => (part === null ? "" : `/${encodeURIComponent(part)}`);
  switch (route.view) {
    case "start":
      return "#/";
    case "mailbox":
      return `#/${route.unreadOnly ? "unread" : "mail"}${behind(route.mailbox)}${behind(route.email)}`;
    case "search":
      return `#/search${behind(route.typed)}${behind(route.email)}`;
    case "settings":
      return "#/settings";
  }
}

/** The same list with another message open, or none. */
export function withEmail(route: Route, email: EmailId | null): Route {
  return route.view === "mailbox" || route.view === "search" ? { ...route, email } : route;
}

export function emailOf(route: Route): EmailId | null {
  return route.view === "mailbox" || route.view === "search" ? route.email : null;
}
