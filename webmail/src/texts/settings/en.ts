/** English for the settings, which come later than the list; by that the type that every language must fit. */
import type { Fullness } from "../../model/quota";
import type { Section } from "../../model/route";

const plural = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`);

export const en = {
  title: "Settings",
  all: "All settings",
  save: "Save",
  saved: "Saved",
  edit: "Change",
  remove: "Remove",

  sections: {
    general: "General",
    away: "Away",
    identities: "Names and signatures",
    forwarding: "Forwarding",
    blocked: "Blocked senders",
    password: "Password",
    programs: "Programs and devices",
    storage: "Storage",
    transfer: "Import and export",
  } satisfies Record<Section, string>,

  general: {
    language: "Language",
    theme: "Colours",
    themes: { system: "As on this device", light: "Light", dark: "Dark" },
    density: "Rows of the list",
    undoSend: "Take back what was sent",
    undoFor: (seconds: number) => (seconds === 0 ? "Never: it goes at once" : `For ${seconds} seconds`),
    densities: { roomy: "Roomy", compact: "Close together" },
    conversations: "Show messages as conversations",
    shortcuts: "Keyboard shortcuts with single keys",
    formatted: "Show messages with their layout",
    imagesFrom: (n: number) => `Images from the web are always shown for ${plural(n, "sender", "senders")}.`,
    imagesForget: "Ask again for all",
    rich: "Write messages with formatting",
    programs: "Settings for mail programs and phones",
    here: "These settings are kept in this browser.",
  },

  notifications: {
    on: "Notify me of new mail",
    how: "In this browser, also when the webmail is not open. Who wrote and the subject are shown.",
    denied: "The browser does not let this site notify you. You can change that beside its address bar.",
    unable: "The browser could not be reached for notifications. Try again later.",
  },

  away: {
    on: "Answer automatically while I am away",
    from: "First day",
    until: "Last day",
    subject: "Subject",
    text: "Text of the answer",
    textMissing: "Write what the answer says.",
    order: "The last day is before the first.",
    how: "Whoever writes to you gets the answer once in a while, not for each message. Mailing lists get none.",
  },

  identities: {
    about: "The name, address and signature that you choose from when you write.",
    add: "Add another",
    addTitle: "Add a name or address",
    editTitle: (email: string) => `Change ${email}`,
    name: "Your name",
    email: "Address",
    emailHelp: "An address of yours, or one that you may send from.",
    replyTo: "Answers go to another address",
    bcc: "Send a blind copy of each message to",
    signature: "Signature",
    signatureHelp: "Stands below what you write.",
    noName: "no name",
    wrong: (part: string) => (part === "" ? "Fill in an address." : `“${part}” is not an email address.`),
    forbiddenFrom:
      "You may not send from this address. It works for addresses that belong to you; ask your provider for another.",
    removeTitle: "Remove this name?",
    removeText: (email: string) => `You will not choose ${email} any more when you write. Your mail stays.`,
    removed: "Removed",
  },

  forwarding: {
    about: "Mail that comes in is also sent on to another address.",
    targets: "Send on to",
    targetsHelp: (most: number) =>
      most === 1 ? "One address." : `One address, or as many as ${most} with commas between them.`,
    keepCopy: "Keep a copy here",
    noCopy: "Without a copy you lose a message that the other mailbox does not take.",
    stop: "Stop forwarding",
    on: (targets: string) => `Your mail is sent on to ${targets}.`,
    off: "Your mail is not sent on.",
    told: "Saved. A message in your inbox says so.",
    wrong: (part: string) => `“${part}” is not an email address.`,
    none: "Fill in an address.",
    tooMany: (most: number) => `Mail is sent on to ${plural(most, "address", "addresses")} at most.`,
    refused: "Mail cannot be sent on to this. It may be your own address, or one that is not right.",
  },

  blocked: {
    about: "Mail from these senders goes to Junk. They are not told.",
    pattern: "Address or domain",
    patternHelp: "For example winner@lottery.example, or lottery.example for everybody there.",
    add: "Block",
    none: "Nobody is blocked.",
    list: "Blocked senders",
    since: (date: string) => `since ${date}`,
    unblock: (pattern: string) => `Unblock ${pattern}`,
    unblockShort: "Unblock",
    added: (pattern: string) => `${pattern} is blocked.`,
    gone: (pattern: string) => `${pattern} is not blocked any more.`,
    invalid: "This is no address and no domain.",
    overQuota: (most: number) => `You can block ${plural(most, "sender", "senders")} at most. Unblock one first.`,
  },

  password: {
    about: "With this password you log in here and in your mail programs.",
    current: "Password of now",
    next: "New password",
    nextHelp: "A few words in a row are strong and easy to keep in mind. Leave your name and address out.",
    show: "Show passwords",
    submit: "Change password",
    busy: "One moment…",
    changed: "Your password has been changed.",
    ended: (n: number) =>
      n === 0
        ? "Give it to your mail programs and phones."
        : `${plural(n, "other login", "other logins")} ended. Give the new password to your mail programs and phones.`,
    wrong: "The password of now is not right.",
    missing: "Fill in both passwords.",
    weak: {
      tooShort: (least: number | null) =>
        least === null ? "The new password is too short." : `The new password needs ${least} characters or more.`,
      tooLong: "The new password is too long.",
      breached: "The new password is on a list that thieves use. Choose another one.",
      sameAsBefore: "This is the password that you have. Choose another one.",
      containsName: "Your name or address is in the new password. Choose another one.",
      other: "The new password is not strong enough.",
    },
    tooOften: (minutes: number) => `Too many tries. Try again in ${plural(minutes, "minute", "minutes")}.`,
    tooOftenSoon: "Too many tries. Wait a moment, then try again.",
  },

  programs: {
    about: "These programs and browsers use your account. Is one of them not yours? Change your password.",
    none: "Nobody else uses your account.",
    unknown: "A mail program",
    services: {
      imap: "reads mail (IMAP)",
      pop3: "fetches mail (POP3)",
      submission: "sends mail (SMTP)",
      webmail: "webmail in a browser",
      jmap: "reads and sends mail (JMAP)",
    },
    at: (host: string, port: number) => `${host}, port ${port}`,
    security: { none: "not protected", starttls: "protected (STARTTLS)", implicit: "protected (TLS)" },
    server: "Server",
    protection: "Connection",
    lastSeen: "Last seen",
    firstSeen: "First seen",
    address: "From address",
    now: "Connected now",
    here: "This browser",
    advice: {
      plain:
        "This program sends your password without protection. Set it to TLS, with the server and port from the settings page.",
      oldName: "This program uses an old server name. Put in the name from the settings page.",
    },
    settingsPage: "The right settings",
    logOut: (name: string) => `Log out ${name}`,
    logOutShort: "Log out",
    end: (name: string) => `Close the connections of ${name}`,
    endShort: "Close connections",
    loggedOut: (name: string) => `${name} is logged out.`,
    ended: (name: string) => `The connections of ${name} are closed. It comes back as long as it has your password.`,
  },

  storage: {
    none: "Your mailbox has no limit.",
    octets: (used: string, limit: string) => `${used} of ${limit} is used`,
    count: (used: string, limit: string) => `${used} of ${limit} messages`,
    free: (free: string) => `${free} left`,
    octetsName: "Space",
    countName: "Messages",
    fullness: {
      room: "There is room enough.",
      much: "Your mailbox is getting full. Empty the trash, or delete messages with large attachments.",
      "nearly-full":
        "Your mailbox is nearly full. Soon mail to you is sent back to its sender. Empty the trash, or delete messages with large attachments.",
      full: "Your mailbox is full: mail to you is sent back to its sender. Empty the trash, or delete messages with large attachments.",
    } satisfies Record<Fullness, string>,
    large: "Find large messages",
    largeSearch: "larger:5m",
  },

  transfer: {
    exportTitle: "Take your mail with you",
    exportAbout: "Files that other mail programs can read.",
    exportAll: "All mail (zip with a file for each mailbox)",
    exportMailbox: "One mailbox",
    download: "Download",
    exportContacts: "All contacts (vCard)",
    importTitle: "Bring mail in",
    importAbout: "A mailbox of another program (mbox), single messages (.eml), or contacts (.vcf).",
    into: "Into mailbox",
    pick: "Choose files",
    sending: (name: string, percent: number) => `${name}: ${percent} % sent`,
    working: (name: string) => `${name}: being taken in…`,
    stop: "Stop",
    stopped: (name: string) => `${name}: stopped. What was taken in stays.`,
    done: (name: string, imported: number, there: number) =>
      there === 0 ? `${name}: ${imported} taken in.` : `${name}: ${imported} taken in, ${there} were already there.`,
    refused: (n: number) => `${plural(n, "item was", "items were")} not taken in:`,
    reasons: {
      tooLarge: "it is too large",
      overQuota: "the mailbox is full",
      empty: "there is nothing in it",
      full: "you have as many contacts as you may have",
      other: "it cannot be read",
    },
    refusedOne: (number: number, reason: string) => `number ${number}: ${reason}`,
    more: (n: number) => `and ${n} more`,
    unknownKind: (name: string) => `${name}: this is no mbox, .eml or .vcf file.`,
    noMbox: "this is no mbox file.",
  },
};

export type SettingsTexts = typeof en;
