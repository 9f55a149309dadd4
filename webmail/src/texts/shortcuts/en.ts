/** English, on the sheet of keys. */
import type { Command } from "../../model/shortcuts";

export const en = {
  title: "Keyboard shortcuts",
  off: "Shortcuts with single keys are off; the settings turn them on.",
  keys: {
    down: "Next message",
    up: "Previous message",
    open: "Open the message",
    back: "Back to the list",
    select: "Select the message",
    archive: "Archive",
    trash: "Delete",
    junk: "Junk, or not junk",
    read: "Mark as read",
    unread: "Mark as unread",
    flag: "Flag, or remove the flag",
    move: "Move to a mailbox",
    label: "Give or remove a label",
    reply: "Reply",
    replyAll: "Reply to all",
    forward: "Forward",
    write: "New message",
    search: "Search",
    undo: "Undo",
    inbox: "Go to the inbox",
    contacts: "Go to the contacts",
    help: "This sheet",
  } satisfies Record<Command, string>,
  /** Keys that are no letters, apart by spaces where there are several; in the list they work when it has the focus. */
  fixed: [
    ["↓ ↑ PageDown PageUp Home End", "To another message of the list"],
    ["Shift+↓ Shift+↑ …", "Select as far as there"],
    ["Space", "Select the message"],
    ["Enter", "Open the message"],
    ["Delete", "Delete"],
    ["Escape", "Close, or back to the list"],
    ["Ctrl+Enter", "Send the message"],
  ] as readonly (readonly [keys: string, what: string])[],
  followedBy: "then",
};

export type ShortcutTexts = typeof en;
