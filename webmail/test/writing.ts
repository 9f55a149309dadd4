/** A message on the desk of an account on the scripted server. */
import { blank, type Composition } from "../src/model/composition";
import type { Sent } from "../src/model/submitting";
import { type Bench, bench } from "./bench";

export async function written(options = {}): Promise<Bench & { composition: Composition }> {
  const there = await bench(() => {}, options);
  const [identity] = there.account.identities.value;
  if (identity === undefined) throw new Error("an identity");
  const composition = blank(identity);
  there.desk.put(composition);
  const words = { to: "Bram <bram@there.example>, piet@there.example", subject: "Hallo", text: "Dag Bram" };
  there.desk.change(composition.key, words);
  return { ...there, composition };
}

export function sent(outcome: Awaited<ReturnType<Bench["desk"]["send"]>>): Sent {
  if ("kind" in outcome) throw new Error(`not sent: ${JSON.stringify(outcome)}`);
  return outcome;
}

export function drafts({ server }: Bench) {
  return [...server.records.emails.values()].filter(({ mailboxIds }) => mailboxIds.drafts);
}
