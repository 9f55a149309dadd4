/** The answer while somebody is away (RFC 8621, 8). */
import type { Client } from "../jmap/client";
import { get, refusedIn, set } from "../jmap/methods";
import { Failure, problemOf } from "../jmap/problem";
import { VACATION } from "../jmap/session";
import { VACATION_RECORD, type Vacation } from "../jmap/vacation";
import type { Account } from "./account";
import { textOfHtml } from "./html_text";

export interface Away {
  readonly isEnabled: boolean;
  /** Days as `<input type="date">` has them; empty where there is no border. */
  readonly from: string;
  readonly until: string;
  readonly subject: string;
  readonly text: string;
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

/** The day of a moment, here. */
export function dayOf(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The beginning of a day here, or of the day after so many more. */
export function beginning(day: string, later = 0): string | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (found === null) return null;
  const [, year, month, date] = found.map(Number);
  return new Date(year ?? 0, (month ?? 1) - 1, (date ?? 1) + later).toISOString().replace(".000Z", "Z");
}

function away(of: Vacation): Away {
  return {
    isEnabled: of.isEnabled,
    from: of.fromDate === null ? "" : dayOf(of.fromDate),
    // the last day is shown, the moment after it is kept
    until: of.toDate === null ? "" : dayOf(of.toDate - 1),
    subject: of.subject ?? "",
    text: of.textBody ?? (of.htmlBody === null ? "" : textOfHtml(of.htmlBody)),
  };
}

export async function vacation(client: Client): Promise<Away> {
  const { list } = await client.call(get(VACATION_RECORD, client.accountId, null));
  const [found] = list;
  if (found === undefined) throw new Failure({ kind: "malformed", where: "VacationResponse/get/list/0" });
  return away(found);
}

/** The longest that is waited for a day to begin, in milliseconds: timers know no much longer ones. */
const LONGEST = 24 * 3_600_000;

/** When it begins and ends, as moments: a border that there is not lies infinitely far. */
function borders({ from, until }: Away): readonly [number, number] {
  const of = (border: string | null, none: number) => (border === null ? none : Date.parse(border));
  return [of(beginning(from), Number.NEGATIVE_INFINITY), of(beginning(until, 1), Number.POSITIVE_INFINITY)];
}

/** Tells by what mail is answered now, if by anything: asked at once, when it has changed, and when it may have changed unheard. What this
 * gives ends it. */
export function followAway(account: Account, then: (given: Away | null) => void): () => void {
  const { client, line, pushed, around } = account;
  let asked = 0;
  let unwake = () => {};
  const tell = (away: Away) => {
    const now = Date.now();
    const [begins, ends] = borders(away);
    then(away.isEnabled && begins <= now && now < ends ? away : null);
    unwake();
    const next = [begins, ends].find((border) => border > now) ?? Number.POSITIVE_INFINITY;
    unwake = around.wake(Math.min(LONGEST, next - now), () => tell(away));
  };
  const ask = async () => {
    asked += 1;
    const mine = asked;
    try {
      const away = await vacation(client);
      if (mine === asked) tell(away);
    } catch (thrown) {
      // the next change, or the next connection, asks again
      problemOf(thrown);
    }
  };
  let broken = false;
  const ends = [
    pushed.subscribe((types) => types.has("VacationResponse") && void ask()),
    line.subscribe(({ kind }) => {
      if (broken && kind === "open") void ask();
      broken = kind === "broken";
    }),
  ];
  if (account.offers(VACATION)) void ask();
  return () => {
    asked += 1;
    unwake();
    for (const end of ends) end();
  };
}

const SINGLETON = "singleton";

/** Writes the form; what it changes was `before`. */
export async function setVacation(client: Client, to: Away, before: Away): Promise<void> {
  // an answer in HTML that another program wrote says what it said before
  const words = { textBody: to.text.trim() === "" ? null : to.text, htmlBody: null };
  const update = {
    [SINGLETON]: {
      isEnabled: to.isEnabled,
      fromDate: beginning(to.from),
      toDate: beginning(to.until, 1),
      subject: to.subject.trim() === "" ? null : to.subject.trim(),
      ...(to.text === before.text ? {} : words),
    },
  };
  refusedIn(await client.call(set(VACATION_RECORD, client.accountId, { update })), SINGLETON);
}
