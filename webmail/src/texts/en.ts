/** English, and by that the type that every language must fit. Functions where a number, a name or a date stands inside. */
import type { Problem } from "../jmap/problem";
import type { Deed } from "../model/acts";
import type { Quick } from "../model/quick";
import { LABEL_NAMES, ROLE_NAMES } from "./names";

const plural = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`);

export const en = {
  /** The language by its own name. */
  language: "English",
  app: "Webmail",
  loading: "Loading…",
  close: "Close",
  cancel: "Cancel",
  back: "Back",
  undo: "Undo",
  tryAgain: "Try again",
  menu: "Mailboxes",
  skip: "Skip to the messages",

  login: {
    title: "Log in",
    address: "Email address",
    password: "Password",
    submit: "Log in",
    busy: "Logging in…",
    refused: "This email address and password do not belong together. Check both, and mind capital letters.",
    tooMany: (minutes: number) => `Too many tries. Try again in ${plural(minutes, "minute", "minutes")}.`,
    ended: "Your session has ended. Log in again; the message that you were writing is kept.",
    leaving: "You are logged out in this browser. The server is told as soon as there is a connection.",
    show: "Show password",
    programs: "Use a mail program? These are its settings.",
  },

  account: {
    menu: "Account",
    mail: "Mail",
    contacts: "Contacts",
    settings: "Settings",
    shortcuts: "Keyboard shortcuts",
    logout: "Log out",
  },

  roles: ROLE_NAMES.en,
  mailboxes: "Mailboxes",
  mailboxMenu: (name: string) => `What to do with ${name}`,
  newMailbox: "New mailbox",
  hiddenMailboxes: (n: number) => `${plural(n, "mailbox", "mailboxes")} hidden`,
  unread: (n: number) => `${n} unread`,

  list: {
    name: (mailbox: string) => `Messages in ${mailbox}`,
    results: "Search results",
    count: (n: number) => plural(n, "message", "messages"),
    conversations: (n: number) => plural(n, "conversation", "conversations"),
    empty: "Nothing here.",
    nothingFound: "Nothing found.",
    noSubject: "(no subject)",
    noSender: "(no sender)",
    to: (names: string) => `To: ${names}`,
    isUnread: "unread",
    isFlagged: "flagged",
    isAnswered: "answered",
    isForwarded: "forwarded",
    hasAttachment: "attachment",
    isDraft: "draft",
    inConversation: (n: number) => `${n} messages`,
    select: "Select",
    selected: (n: number) => `${n} selected`,
    selectNone: "Select none",
    narrow: "Narrow the list",
    quick: { unread: "Unread", flagged: "Flagged", attachment: "With attachment" } satisfies Record<Quick, string>,
    from: "From…",
  },

  acts: {
    archive: "Archive",
    junk: "Junk",
    notJunk: "Not junk",
    trash: "Delete",
    destroy: "Delete for good",
    move: "Move to…",
    label: "Label…",
    read: "Mark as read",
    unread: "Mark as unread",
    flag: "Flag",
    unflag: "Remove flag",
    destroyTitle: "Delete for good?",
    destroyText: (n: number) => `${plural(n, "message", "messages")} will be gone, and cannot be brought back.`,
    moveTitle: "Move to",
    moveFilter: "Find a mailbox",
  },

  done: {
    archived: (n: number) => `${plural(n, "message", "messages")} archived`,
    junked: (n: number) => `${plural(n, "message", "messages")} marked as junk`,
    "not-junked": (n: number) => `${plural(n, "message", "messages")} moved to the inbox`,
    trashed: (n: number) => `${plural(n, "message", "messages")} moved to the trash`,
    moved: (n: number) => `${plural(n, "message", "messages")} moved`,
    read: (n: number) => `${plural(n, "message", "messages")} marked as read`,
    unread: (n: number) => `${plural(n, "message", "messages")} marked as unread`,
    flagged: (n: number) => `${plural(n, "message", "messages")} flagged`,
    labelled: (n: number) => `${plural(n, "message", "messages")} labelled`,
    unlabelled: (n: number) => `Label removed from ${plural(n, "message", "messages")}`,
    unflagged: (n: number) => `Flag removed from ${plural(n, "message", "messages")}`,
    destroyed: (n: number) => `${plural(n, "message", "messages")} deleted for good`,
    sent: (n: number) => `${plural(n, "message", "messages")} sent`,
    "contact-removed": (n: number) => `${plural(n, "contact", "contacts")} deleted`,
    "contact-added": (n: number) => `${plural(n, "contact", "contacts")} added`,
    blocked: (n: number) => `${plural(n, "sender", "senders")} blocked; new mail from there goes to Junk`,
  } satisfies Record<Deed, (n: number) => string>,

  search: {
    label: "Search mail",
    placeholder: "Search, or from: to: subject: before: has:attachment",
    submit: "Search",
    clear: "Clear the search",
    /** Operators as this language writes them. */
    quick: { unread: "is:unread", flagged: "is:flagged", attachment: "has:attachment" } satisfies Record<Quick, string>,
    operators: { from: "from", in: "in", label: "label" },
    save: "Save this search",
    saved: "Saved searches",
    change: (name: string) => `Change the search ${name}`,
    remove: (term: string) => `Remove “${term}”`,
    notUnderstood: (term: string) => `“${term}” is not understood, and is left out.`,
  },

  labels: {
    title: "Labels",
    new: "New label",
    change: (name: string) => `Change the label ${name}`,
    remove: (name: string) => `Remove the label ${name}`,
    show: (name: string) => `Show what has the label ${name}`,
    wellKnown: LABEL_NAMES.en,
  },

  message: {
    open: "Open message",
    none: "No message is open.",
    from: "From",
    to: "To",
    cc: "Cc",
    bcc: "Bcc",
    date: "Date",
    details: "Details",
    lessDetails: "Fewer details",
    reply: "Reply",
    replyAll: "Reply to all",
    forward: "Forward",
    forwardAsFile: "Forward as an attachment",
    edit: "Continue writing",
    save: "Save as a file",
    print: "Print",
    more: "More",
    attachments: (n: number) => plural(n, "attachment", "attachments"),
    unnamed: "no name",
    download: (name: string) => `Download ${name}`,
    show: (name: string) => `Show ${name}`,
    downloadAll: "Download all",
    unsubscribe: "Unsubscribe",
    unsubscribeAt: (host: string) => `Unsubscribe at ${host}`,
    headers: "Header explained",
    source: "Message source",
    quoteShow: (lines: number) => `Show quoted text (${plural(lines, "line", "lines")})`,
    quoteHide: "Hide quoted text",
    quoteFolded: "Quoted text",
    formattedTitle: "The message with its layout",
    showPlain: "Show only the words",
    showFormatted: "Show the layout",
    layoutAway: "Without a connection the layout of this message is not here; these are its words.",
    tooMuch: "The layout of this message cannot be shown; these are its words.",
    leadsTo: (where: string) => `Leads to ${where}`,
    linksDeceive: (n: number) =>
      n === 1
        ? "A link says another site than the one it leads to:"
        : `${n} links say other sites than those they lead to:`,
    imagesBlocked: (n: number) =>
      n === 1 ? "An image from the web is not shown." : `${n} images from the web are not shown.`,
    imagesShow: "Show images",
    imagesAlways: (sender: string) => `Always for ${sender}`,
    truncated: "This message is longer. Save it as a file to read all of it.",
    damaged: "Some characters of this message could not be read.",
    collapsed: (from: string) => `Show the message from ${from}`,
    wrote: (date: string, name: string) => `On ${date}, ${name} wrote:`,
    forwarded: "---------- Forwarded message ----------",
    subject: "Subject",
  },

  sender: {
    menu: "About the sender",
    add: "Add to contacts",
    block: "Block this sender",
  },

  write: {
    new: "New message",
    title: "New message",
    elsewhere: "This message lies open in another window.",
    waiting: (subject: string) => `Waits for a connection: ${subject}`,
    sent: "Message sent",
    planned: (date: string) => `Will be sent on ${date}`,
    open: (n: number) => `${plural(n, "open message", "open messages")}`,
  },

  plannedList: {
    title: "Planned messages",
    count: (n: number) => plural(n, "planned message", "planned messages"),
    none: "No message is planned any more.",
    edit: "Change",
    cancel: "Do not send",
  },

  leave: {
    title: "Log out?",
    text: (n: number, imports: number) =>
      [
        n > 0 &&
          `${plural(n, "change or message is", "changes and messages are")} in this browser only. Logging out throws that away.`,
        imports > 0 && "Files are still being taken in. Logging out stops that.",
      ]
        .filter(Boolean)
        .join(" "),
    yes: "Log out all the same",
  },

  line: {
    offline: "No connection. What you do is kept, and sent when there is one.",
    waiting: (n: number) => `${plural(n, "change waits", "changes wait")} for a connection.`,
    renewed: "There is a new version of the webmail.",
    renew: "Load it",
  },

  problem(problem: Problem): string {
    switch (problem.kind) {
      case "offline":
        return "There is no connection with the server.";
      case "signed-out":
        return "Your session has ended. Log in again.";
      case "forbidden":
        return "You are not allowed to do this.";
      case "slow-down":
        return "This was asked too often. Wait a moment, then try again.";
      case "too-large":
        return "This is larger than the server takes.";
      case "server":
        return "Something went wrong on the server. Try again later.";
      case "malformed":
        return "The server gave an answer that cannot be read.";
      case "refused-request":
      case "refused-method":
      case "refused-record":
        return refusals[problem.type] ?? `The server refused this (${problem.type}).`;
    }
  },
};

const refusals: Readonly<Record<string, string>> = {
  overQuota: "The mailbox is full.",
  rateLimit: "This was asked too often. Wait a moment, then try again.",
  notFound: "This is not there any more.",
  tooLarge: "The message is larger than the server takes.",
  invalidRecipients: "The server does not take one of the addresses.",
  noRecipients: "Say who the message is for.",
  tooManyRecipients: "The message has more recipients than the server takes.",
  forbiddenFrom: "You may not send from this address.",
  forbiddenMailFrom: "You may not send from this address.",
  forbiddenToSend: "You may not send messages.",
  cannotUnsend: "The message has already gone.",
  accountReadOnly: "This mailbox can only be read.",
};

export type Texts = typeof en;
