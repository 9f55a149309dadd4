/** What an account keeps of how its mail is looked at: labels, and searches by a name. */
import type { Answers, Batch } from "../jmap/batch";
import type { Client } from "../jmap/client";
import { LABEL, type Label, offered, SAVED_SEARCH, type SavedSearch } from "../jmap/own";
import { Register } from "./register";

export class Registers {
  readonly labels: Register<"Label", Label>;
  readonly searches: Register<"SavedSearch", SavedSearch>;
  #hasBeenConnected = false;

  constructor(client: Client) {
    const own = offered(client.session, client.accountId);
    this.labels = new Register(client, LABEL, own?.maxLabels ?? 0);
    this.searches = new Register(client, SAVED_SEARCH, own?.maxSavedSearches ?? 0);
  }

  /** What an earlier page left. */
  recall({ labels, searches }: { readonly labels: readonly Label[]; readonly searches: readonly SavedSearch[] }): void {
    this.labels.all.set(labels);
    this.searches.all.set(searches);
  }

  /** Puts the questions into a batch; gives what reads their answers. */
  ask(batch: Batch): (answers: Answers) => void {
    const [labels, searches] = [this.labels.ask(batch), this.searches.ask(batch)];
    return (answers) => {
      if (labels !== null) this.labels.take(answers, labels);
      if (searches !== null) this.searches.take(answers, searches);
    };
  }

  /** These types changed. */
  changed(types: ReadonlyMap<string, unknown>): void {
    for (const one of [this.labels, this.searches]) if (types.has(one.name)) void one.refresh();
  }

  /** The line is open: what was pushed while it was down is asked for. */
  connected(): void {
    if (this.#hasBeenConnected) for (const one of [this.labels, this.searches]) void one.refresh();
    this.#hasBeenConnected = true;
  }
}
