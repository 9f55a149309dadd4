/** The header of a message as it was written (RFC 5322, 2.2), and the way it came (4.4 and RFC 5321, 4.4). Values only, bounded. */

export interface Field {
  readonly name: string;
  /** Without line ends. */
  readonly value: string;
}

/** Letters of a header, and fields of it, that are read. */
const LONGEST = 256 * 1024;
const MOST = 1_000;
const LONGEST_VALUE = 4_000;

/** The fields of a message's source, in the order in which they stand there. */
export function headerFields(source: string): readonly Field[] {
  const header = source.slice(0, LONGEST).replace(/\r\n?/g, "\n").split("\n\n", 1)[0] ?? "";
  const lines = header.replace(/\n[ \t]+/g, " ").split("\n", MOST);
  return lines.flatMap((line): Field[] => {
    const found = /^([!-9;-~]{1,200})[ \t]*:(.*)$/.exec(line);
    return found === null ? [] : [{ name: found[1] ?? "", value: (found[2] ?? "").trim().slice(0, LONGEST_VALUE) }];
  });
}

/** The values of a field, by its name in any case. */
export function valuesOf(fields: readonly Field[], name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return fields.filter((field) => field.name.toLowerCase() === wanted).map(({ value }) => value);
}

/** One step of a message's way, as the server that took it says. */
export interface Hop {
  /** What the other server, or program, called itself. */
  readonly from: string | null;
  readonly by: string | null;
  /** Whether the bytes went encrypted (RFC 3848). */
  readonly isSecure: boolean;
  /** Milliseconds since 1970. */
  readonly at: number | null;
  /** Since the step before; less than nothing where clocks differ. */
  readonly delay: number | null;
}

const MOST_HOPS = 50;

/** A value without what stands in brackets, which may stand in one another (RFC 5322, 3.2.2). */
function withoutComments(value: string): string {
  let [depth, told] = [0, ""];
  for (const sign of value) {
    if (sign === "(") depth += 1;
    else if (sign === ")") depth = Math.max(0, depth - 1);
    else if (depth === 0) told += sign;
  }
  return told;
}

/** The steps of a message, the first one first: each server writes on top of those before. */
export function way(fields: readonly Field[]): readonly Hop[] {
  const told = valuesOf(fields, "Received").slice(0, MOST_HOPS).reverse();
  let before: number | null = null;
  return told.map((value) => {
    const bare = withoutComments(value);
    const clause = (word: string) => new RegExp(`(?:^|\\s)${word}\\s+([^\\s;]{1,255})`, "i").exec(bare)?.[1] ?? null;
    const time = bare.includes(";") ? Date.parse(bare.slice(bare.lastIndexOf(";") + 1).trim()) : Number.NaN;
    const at = Number.isNaN(time) ? null : time;
    const delay = at === null || before === null ? null : at - before;
    before = at ?? before;
    const isSecure = /^(?:UTF8)?(?:E?SMTP|LMTP)SA?$|^HTTPS$/i.test(clause("with") ?? "");
    return { from: clause("from"), by: clause("by"), isSecure, at, delay };
  });
}
