/** Keys and what they do: one table, from which the sheet is printed and the keyboard is read. */

export type Command =
  | "down"
  | "up"
  | "open"
  | "back"
  | "select"
  | "archive"
  | "trash"
  | "junk"
  | "read"
  | "unread"
  | "flag"
  | "move"
  | "label"
  | "reply"
  | "replyAll"
  | "forward"
  | "write"
  | "search"
  | "undo"
  | "inbox"
  | "contacts"
  | "help";

/** As `KeyboardEvent.key` names them; two after another where there is a space between. Gmail's, where it has one. */
export const KEYS: readonly (readonly [string, Command])[] = [
  ["j", "down"],
  ["k", "up"],
  ["o", "open"],
  ["u", "back"],
  ["x", "select"],
  ["e", "archive"],
  ["#", "trash"],
  ["!", "junk"],
  ["I", "read"],
  ["U", "unread"],
  ["s", "flag"],
  ["v", "move"],
  ["l", "label"],
  ["r", "reply"],
  ["a", "replyAll"],
  ["f", "forward"],
  ["c", "write"],
  ["/", "search"],
  ["z", "undo"],
  ["g i", "inbox"],
  ["g c", "contacts"],
  ["?", "help"],
];

const BY_KEYS = new Map(KEYS);
const PREFIXES = new Set(KEYS.flatMap(([keys]) => (keys.includes(" ") ? [keys.split(" ")[0] ?? ""] : [])));
/** For how many milliseconds a first key waits for its second. */
export const PATIENCE = 1500;

export interface Pressed {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** Reads keys one after another. */
export class Keyboard {
  #first: { key: string; at: number } | null = null;

  /** The command of a key at a time in milliseconds. */
  press({ key, ctrlKey, metaKey, altKey }: Pressed, at: number): Command | null {
    if (ctrlKey || metaKey || altKey) return null;
    const first = this.#first !== null && at - this.#first.at < PATIENCE ? this.#first.key : null;
    this.#first = null;
    const both = first === null ? undefined : BY_KEYS.get(`${first} ${key}`);
    if (both !== undefined) return both;
    if (PREFIXES.has(key)) {
      this.#first = { key, at };
      return null;
    }
    return BY_KEYS.get(key) ?? null;
  }
}
