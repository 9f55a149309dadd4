/** The card that is looked at, as the server has it. */
import type { Card, CardId } from "../../jmap/contacts";
import { type Problem, problemOf } from "../../jmap/problem";
import type { Contacts } from "../../model/contacts";

export class Looking {
  card = $state.raw<Card | null>(null);
  problem = $state.raw<Problem | null>(null);
  readonly #contacts: Contacts;
  #wanted: CardId | null = null;

  constructor(contacts: Contacts) {
    this.#contacts = contacts;
  }

  /** Asks for it; what is shown of it stays until there is an answer. */
  async look(id: CardId | null): Promise<void> {
    this.#wanted = id;
    this.problem = null;
    if (id === null) {
      this.card = null;
      return;
    }
    if (this.card?.id !== id) this.card = null;
    try {
      const card = await this.#contacts.card(id);
      if (this.#wanted === id) this.card = card;
    } catch (thrown) {
      const problem = problemOf(thrown);
      if (this.#wanted === id) this.problem = problem;
    }
  }

  stop(): void {
    this.#wanted = null;
  }
}
