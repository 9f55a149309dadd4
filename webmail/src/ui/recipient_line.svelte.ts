/** One line of recipients: those that are complete, what is typed, and who may be meant. */
import type { Address } from "../jmap/mail";
import { parsed, typedParts, written } from "../model/addresses";
import type { Correspondents } from "../model/correspondents";

/** How long one does not type before it is asked who may be meant. */
const QUIET = 120;

export class RecipientLine {
  complete = $state.raw<readonly string[]>([]);
  typed = $state("");
  suggestions = $state.raw<readonly Address[]>([]);
  /** Which suggestion the arrows came to; -1 for none. */
  active = $state(-1);
  readonly #people: Correspondents;
  readonly #changed: (value: string) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(value: string, people: Correspondents, changed: (value: string) => void) {
    this.#people = people;
    this.#changed = changed;
    this.complete = whole(value);
  }

  get value(): string {
    return [...this.complete, this.typed].filter((part) => part.trim() !== "").join(", ");
  }

  /** Somebody else changed the line. */
  follow(value: string): void {
    if (value !== this.value) {
      this.complete = whole(value);
      this.typed = "";
    }
  }

  type(text: string): void {
    const { complete, rest } = typedParts(text);
    if (complete.length > 0) this.complete = [...this.complete, ...complete];
    this.typed = complete.length > 0 ? rest : text;
    this.#told();
    this.#ask();
  }

  /** What is typed is a recipient. */
  commit(): void {
    this.shut();
    if (this.typed.trim() === "") return;
    this.complete = [...this.complete, ...whole(this.typed)];
    this.typed = "";
    this.#told();
  }

  choose(address: Address): void {
    this.shut();
    this.complete = [...this.complete, written(address)];
    this.typed = "";
    this.#told();
  }

  remove(index: number): void {
    this.complete = this.complete.filter((_, at) => at !== index);
    this.#told();
  }

  /** The last one becomes text again. */
  takeBack(): void {
    const last = this.complete.at(-1);
    if (last === undefined) return;
    this.complete = this.complete.slice(0, -1);
    this.typed = last;
    this.#told();
  }

  step(by: 1 | -1): void {
    const count = this.suggestions.length;
    if (count > 0) this.active = this.active < 0 && by < 0 ? count - 1 : (this.active + by + count) % count;
  }

  shut(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    this.suggestions = [];
    this.active = -1;
  }

  #told(): void {
    this.#changed(this.value);
  }

  #ask(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
    const asked = this.#asked;
    if (this.typed.trim() === "") {
      this.shut();
      return;
    }
    const { typed } = this;
    const but = this.complete.flatMap((part) => parsed(part).addresses.map(({ email }) => email));
    this.#timer = setTimeout(async () => {
      const found = await this.#people.suggest(typed, but);
      if (asked !== this.#asked) return;
      this.suggestions = found;
      this.active = -1;
    }, QUIET);
  }
}

function whole(value: string): readonly string[] {
  const { complete, rest } = typedParts(value);
  return rest === "" ? complete : [...complete, rest];
}
