/** Where in the webmail one is, as the part of the address behind `#`: so that "back", bookmarks and two windows work. */

import type { CardId } from "../jmap/contacts";
import { attempt, id } from "../jmap/decode";
import type { EmailId, MailboxId } from "../jmap/ids";
import { QUICK, type Quick } from "./quick";

/** The sections of the settings, in the order in which they are shown. */
export const SECTIONS = [
  "general",
  "identities",
  "away",
  "forwarding",
  "blocked",
  "password",
  "programs",
  "storage",
  "transfer",
] as const;
export type Section = (typeof SECTIONS)[number];

/** What is shown beside the list of contacts. */
export type CardView =
  | { readonly kind: "none" }
  | { readonly kind: "shown" | "edited"; readonly id: CardId }
  | { readonly kind: "new"; readonly of: "person" | "group" };

export type Route =
  | { readonly view: "start" }
  | {
      readonly view: "mailbox";
      readonly mailbox: MailboxId;
      /** To what the list is narrowed. */
      readonly only: readonly Quick[];
      readonly email: EmailId | null;
    }
  | { readonly view: "search"; readonly typed: string; readonly email: EmailId | null }
  | { readonly view: "contacts"; readonly card: CardView }
  | { readonly view: "settings"; readonly section: Section | null };

function decoded(part: string | undefined): string {
  try {
    return decodeURIComponent(part ?? "");
  } catch {
    return "";
  }
}

/** An id is never empty: what has none is new. */
function card(first: string, second: string | undefined): CardView {
  const known = attempt(id<"ContactCard">(), first);
  if (known !== null) return { kind: second === "edit" ? "edited" : "shown", id: known };
  if (second === "person" || second === "group") return { kind: "new", of: second };
  return { kind: "none" };
}

function cardWritten(of: CardView): string {
  switch (of.kind) {
    case "none":
      return "";
    case "shown":
      return `/${encodeURIComponent(of.id)}`;
    case "edited":
      return `/${encodeURIComponent(of.id)}/edit`;
    case "new":
      return `//${of.of}`;
  }
}

export function parsed(hash: string): Route {
  const [, word = "", first, second] = hash.replace(/^#/, "").split("/");
  const [view, ...narrowed] = word.split("+");
  const email = attempt(id<"Email">(), decoded(second));
  switch (view) {
    case "mail": {
      const mailbox = attempt(id<"Mailbox">(), decoded(first));
      const only = QUICK.filter((one) => narrowed.includes(one));
      return mailbox === null ? { view: "start" } : { view: "mailbox", mailbox, only, email };
    }
    case "search":
      return { view: "search", typed: decoded(first), email };
    case "settings":
      return { view: "settings", section: SECTIONS.find((one) => one === first) ?? null };
    case "contacts":
      return { view: "contacts", card: card(decoded(first), second) };
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
      return `#/${["mail", ...route.only].join("+")}${behind(route.mailbox)}${behind(route.email)}`;
    case "search":
      return `#/search${behind(route.typed)}${behind(route.email)}`;
    case "settings":
      return `#/settings${behind(route.section)}`;
    case "contacts":
      return `#/contacts${cardWritten(route.card)}`;
  }
}

/** The same list with another message open, or none. */
export function withEmail(route: Route, email: EmailId | null): Route {
  return route.view === "mailbox" || route.view === "search" ? { ...route, email } : route;
}

export function emailOf(route: Route): EmailId | null {
  return route.view === "mailbox" || route.view === "search" ? route.email : null;
}
