/** The beginning of a text that lies on the server, as letters. */
import { firstBytes } from "../../jmap/piece";
import { type Problem, problemOf } from "../../jmap/problem";
import { lettersOf } from "../../model/charset";

export interface TextPlace {
  readonly url: string;
  /** As the message says it; `null` where it does not. */
  readonly charset: string | null;
}

export class FileText {
  /** `null` until it is there. */
  letters = $state.raw<string | null>(null);
  isCut = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Fetched while the component is shown that makes it, at most so many octets; and anew where it lies elsewhere. */
  constructor(at: () => TextPlace, most: number) {
    $effect(() => {
      const leaving = new AbortController();
      void this.#fetch(at(), most, leaving.signal);
      return () => leaving.abort();
    });
  }

  async #fetch({ url, charset }: TextPlace, most: number, signal: AbortSignal): Promise<void> {
    try {
      const { bytes, isCut } = await firstBytes(url, most, signal);
      this.letters = lettersOf(bytes, charset, isCut);
      this.isCut = isCut;
    } catch (thrown) {
      if (!signal.aborted) this.problem = problemOf(thrown);
    }
  }
}
