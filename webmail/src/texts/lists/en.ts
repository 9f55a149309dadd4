/** English, where lists are arranged. */
const plural = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`);

export const en = {
  save: "Save",
  name: "Name",
  nameNeeded: "Give it a name.",
  tooMany: "There are as many as there may be. Remove one first.",

  label: {
    choose: "Labels",
    find: "Find a label, or name a new one",
    create: (name: string) => `New label “${name}”`,
    some: "some of the messages have it",
    newTitle: "New label",
    changeTitle: "Change the label",
    colour: "Colour",
    colours: ["Red", "Orange", "Ochre", "Green", "Turquoise", "Blue", "Indigo", "Purple", "Pink", "Grey"],
    otherColour: "Another colour",
    remove: "Remove the label",
    removeText: (name: string) => `Messages lose the label “${name}”, and stay where they are.`,
  },

  search: {
    newTitle: "Save the search",
    changeTitle: "Change the search",
    text: "Search for",
    textNeeded: "Say what to search for.",
    remove: "Remove the search",
  },

  mailbox: {
    newTitle: "New mailbox",
    below: "In",
    top: "Beside the others",
    rename: "Name and place",
    add: "New mailbox inside",
    readAll: "Mark all as read",
    empty: "Empty the mailbox",
    emptyText: (n: number) => `${plural(n, "message", "messages")} will be gone, and cannot be brought back.`,
    hide: "Hide from the list",
    show: "Show in the list",
    hideHelp: "Mail in a hidden mailbox stays, and is found by searching.",
    remove: "Delete the mailbox",
    removeText: (n: number) =>
      n === 0 ? "The mailbox is empty." : `${plural(n, "message", "messages")} in it will be moved to the trash.`,
    hasChildren: "There are mailboxes inside. Delete or move those first.",
    nameTaken: "There is a mailbox with this name already.",
    nameWrong: "The name of a mailbox cannot be so.",
    hiddenTitle: "Hidden mailboxes",
    busy: "Working…",
  },
};

export type ListTexts = typeof en;
