/** What mailboxes with a role and the well-known labels are called. Both languages stand here beside each other: what somebody types, or
 * kept as a search, in one of them is understood in the other. */
import type { WellKnown } from "../model/labels";
import type { Role } from "../model/mailboxes";

export const ROLE_NAMES: Readonly<Record<"en" | "nl", Readonly<Record<Role, string>>>> = {
  en: {
    inbox: "Inbox",
    drafts: "Drafts",
    sent: "Sent",
    archive: "Archive",
    junk: "Junk",
    trash: "Trash",
  },
  nl: {
    inbox: "Postvak IN",
    drafts: "Concepten",
    sent: "Verzonden",
    archive: "Archief",
    junk: "Spam",
    trash: "Prullenbak",
  },
};

export const LABEL_NAMES: Readonly<Record<"en" | "nl", Readonly<Record<WellKnown, string>>>> = {
  en: {
    $label1: "Important",
    $label2: "Work",
    $label3: "Personal",
    $label4: "To do",
    $label5: "Later",
  },
  nl: {
    $label1: "Belangrijk",
    $label2: "Werk",
    $label3: "Persoonlijk",
    $label4: "Te doen",
    $label5: "Later",
  },
};
