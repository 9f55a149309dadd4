/** What our own server found out about who sent a message, for what shows it. */
import type { Client } from "../../jmap/client";
import type { EmailId } from "../../jmap/ids";
import { problemOf } from "../../jmap/problem";
import type { AuthenticationResults } from "../../model/authentication_results";
import { foundOut } from "../../model/sender_verdict";

export class FoundOut {
  /** `null` until it is there, and where there is nothing. */
  results = $state.raw<AuthenticationResults | null>(null);

  /** Asks while the component is shown that makes it, and anew about another message. */
  constructor(client: Client, of: () => EmailId) {
    // a mark that is set on the message is no other message
    const id = $derived(of());
    $effect(() => {
      let isLeft = false;
      this.results = null;
      foundOut(client, id).then(
        (found) => {
          if (!isLeft) this.results = found;
        },
        // without it nothing is said, which is no promise either
        (thrown) => void problemOf(thrown),
      );
      return () => {
        isLeft = true;
      };
    });
  }
}
