/** Where messages match a search, as text with marks (RFC 8621, 5). */
import type { Client } from "../jmap/client";
import type { EmailId } from "../jmap/ids";
import { type Snippet, snippets } from "../jmap/mail";
import { problemOf } from "../jmap/problem";

export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
  "&quot;": '"',
  "&#39;": "'",
};
/** Conditions whose words can be shown in a message. */
const WORDS = /"(?:text|subject|body)":/;
/** How many are kept; the first ones go first. */
const MOST = 1000;

/** The pieces of a snippet: HTML with nothing but `<mark>` in it. Whatever else stands there stays text. */
export function pieces(snippet: string): readonly Piece[] {
  let marked = false;
  const found: Piece[] = [];
  for (const part of snippet.split(/(<\/?mark>)/)) {
    if (part === "<mark>") marked = true;
    else if (part === "</mark>") marked = false;
    else if (part !== "") {
      found.push({ text: part.replace(/&(?:lt|gt|amp|quot|#39);/g, (name) => ENTITIES[name] ?? name), marked });
    }
  }
  return found;
}

export class Snippets {
  readonly #client: Client;
  readonly #filter: unknown;
  readonly #known = new Map<EmailId, Snippet>();

  /** Of what a filter finds; `null` where it asks for no words. */
  static of(client: Client, filter: unknown): Snippets | null {
    return WORDS.test(JSON.stringify(filter) ?? "") ? new Snippets(client, filter) : null;
  }

  private constructor(client: Client, filter: unknown) {
    this.#client = client;
    this.#filter = filter;
  }

  for(id: EmailId): Snippet | undefined {
    return this.#known.get(id);
  }

  /** Fetches those of messages that have come into sight; says whether there are new ones. */
  async need(ids: readonly EmailId[]): Promise<boolean> {
    const missing = ids.filter((id) => !this.#known.has(id));
    if (missing.length === 0) return false;
    try {
      const told = await this.#client.call(snippets(this.#client.accountId, this.#filter, missing));
      for (const one of told) this.#known.set(one.emailId, one);
      for (const id of this.#known.keys()) {
        if (this.#known.size <= MOST) break;
        this.#known.delete(id);
      }
      return told.length > 0;
    } catch (thrown) {
      // the rows stand without them
      problemOf(thrown);
      return false;
    }
  }
}
