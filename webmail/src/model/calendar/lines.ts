/** iCalendar (RFC 5545, 3.1 to 3.3) as far as a mail program reads it: lines, components and texts. Values only, and bounded. */
import { withoutHidden } from "../hidden_signs";

/** Letters and lines of a file that are read; what comes behind is as if it was not there. */
const LONGEST = 512 * 1024;
const MOST_LINES = 10_000;
/** Letters of a line, unfolded. */
const LONGEST_LINE = 20_000;
/** Components within one another: a calendar, an event, an alarm, and one to spare. */
const DEEPEST = 4;

/** A content line: `DTSTART;TZID=Europe/Amsterdam:20261207T140000`. */
export interface Line {
  /** In upper case. */
  readonly name: string;
  /** The first value of each, by its name in upper case. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly value: string;
  /** As it was written, unfolded. */
  readonly raw: string;
}

export interface Component {
  /** In upper case. */
  readonly name: string;
  readonly lines: readonly Line[];
  readonly inside: readonly Component[];
}

const PARAMETER = /;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)/y;

/** A parameter's value without its quotes, and what `^` stands for in it (RFC 6868, 3.1). */
function parameterText(value: string): string {
  const first = value.startsWith('"') ? value.slice(1, value.indexOf('"', 1)) : (value.split(",")[0] ?? "");
  return first.replace(/\^([n^'])/g, (_, sign: string) => (sign === "n" ? "\n" : sign === "^" ? "^" : '"'));
}

function lineOf(raw: string): Line | null {
  const name = /^[A-Za-z0-9-]{1,64}/.exec(raw)?.[0];
  if (name === undefined) return null;
  const parameters = new Map<string, string>();
  let at = name.length;
  while (raw[at] === ";") {
    PARAMETER.lastIndex = at;
    const found = PARAMETER.exec(raw);
    if (found === null) return null;
    const [all, key = "", value = ""] = found;
    if (!parameters.has(key.toUpperCase())) parameters.set(key.toUpperCase(), parameterText(value));
    at += all.length;
  }
  return raw[at] === ":" ? { name: name.toUpperCase(), parameters, value: raw.slice(at + 1), raw } : null;
}

/** The lines of a file; one that begins with a blank goes on with the one before (RFC 5545, 3.1). */
function unfolded(text: string): readonly string[] {
  const lines: string[] = [];
  for (const line of text.slice(0, LONGEST).split(/\r\n|\r|\n/, MOST_LINES)) {
    const last = lines.length - 1;
    if (/^[ \t]/.test(line) && last >= 0) lines[last] = `${lines[last]}${line.slice(1)}`.slice(0, LONGEST_LINE);
    else lines.push(line.slice(0, LONGEST_LINE));
  }
  return lines;
}

/** The first calendar of a file; `null` where there is none. What is broken in it is passed over. */
export function calendar(text: string): Component | null {
  interface Open {
    readonly name: string;
    readonly lines: Line[];
    readonly inside: Component[];
  }
  const open: Open[] = [];
  // what lies too deep, or in no calendar, is not read
  let passed = 0;
  for (const raw of unfolded(text.replace(/^\uFEFF/, ""))) {
    const line = lineOf(raw);
    if (line === null) continue;
    const name = line.value.trim().toUpperCase();
    if (line.name === "BEGIN") {
      const fits = passed === 0 && (open.length > 0 ? open.length < DEEPEST : name === "VCALENDAR");
      if (fits) open.push({ name, lines: [], inside: [] });
      else passed += 1;
    } else if (line.name === "END") {
      if (passed > 0) passed -= 1;
      else if (open.at(-1)?.name === name) {
        const ended = open.pop();
        const outer = open.at(-1);
        if (ended !== undefined && outer === undefined) return ended;
        if (ended !== undefined) outer?.inside.push(ended);
      }
    } else if (passed === 0) {
      open.at(-1)?.lines.push(line);
    }
  }
  // a file that was cut off is read as far as it goes
  for (let ended = open.pop(); ended !== undefined; ended = open.pop()) {
    const outer = open.at(-1);
    if (outer === undefined) return ended;
    outer.inside.push(ended);
  }
  return null;
}

/** The first line of a name. */
export function lineNamed(of: Component, name: string): Line | undefined {
  return of.lines.find((line) => line.name === name);
}

/** A text as it is read by people (RFC 5545, 3.3.11). */
export function textOf(value: string): string {
  const told = value.replace(/\\([\\;,nN])/g, (_, sign: string) => (/n/i.test(sign) ? "\n" : sign));
  return told.split("\n").map(withoutHidden).join("\n").trim();
}

/** The text of the first line of a name; empty where there is none. */
export function textNamed(of: Component, name: string): string {
  return textOf(lineNamed(of, name)?.value ?? "");
}
