/** English for the address book, which comes later than the list; by that the type that every language must fit. */
import type { Where } from "../../model/card";

const plural = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`);

export const en = {
  title: "Contacts",
  search: "Search contacts",
  list: "Contacts",
  count: (n: number) => plural(n, "contact", "contacts"),
  none: "You have no contacts yet.",
  noneHint: "Add one here, or from a message: open it, and choose “Add to contacts”.",
  nothingFound: "Nobody found.",
  kept: "No connection: these are the contacts that this browser keeps.",
  more: "Show more",
  noName: "(no name)",
  group: "Group",
  newPerson: "New contact",
  newGroup: "New group",
  back: "All contacts",
  nobody: "Nobody is chosen.",
  writeTo: (name: string) => `Write to ${name}`,
  writeShort: "Write",
  edit: "Change",
  remove: "Delete",
  photo: (name: string) => `Photo of ${name}`,

  emails: "Email",
  phones: "Phone",
  addresses: "Address",
  birthday: "Birthday",
  organization: "Organisation",
  jobTitle: "Job",
  note: "Notes",
  members: (n: number) => plural(n, "member", "members"),
  noMembers: "Nobody belongs to this group.",

  form: {
    newTitle: "New contact",
    editTitle: (name: string) => `Change ${name}`,
    given: "First name",
    surname: "Last name",
    email: (number: number) => `Email address ${number}`,
    phone: (number: number) => `Phone number ${number}`,
    kind: (line: string) => `Kind of ${line}`,
    where: { mobile: "Mobile", home: "Private", work: "Work", other: "Other" } satisfies Record<Where, string>,
    address: (number: number) => `Address ${number}`,
    street: "Street and number",
    postcode: "Postal code",
    locality: "Town",
    country: "Country",
    addEmail: "Add an email address",
    addPhone: "Add a phone number",
    addAddress: "Add an address",
    removeLine: (line: string) => `Remove ${line}`,
    save: "Save",
    wrongEmail: (part: string) => `“${part}” is not an email address.`,
    empty: "Fill in a name, an address or a number.",
    groupName: "Name of the group",
    groupNameMissing: "Give the group a name.",
    find: "Find a contact to add",
    add: (name: string) => `Add ${name}`,
    leave: (name: string) => `Take ${name} out`,
  },

  transfer: {
    import: "Take in vCards",
    export: "Save all as vCards",
    done: (imported: number, there: number) =>
      there === 0 ? `${imported} taken in.` : `${imported} taken in, ${there} were already there.`,
    refused: (n: number) => `${n} could not be read.`,
    working: "Being taken in…",
  },
};

export type ContactsTexts = typeof en;
