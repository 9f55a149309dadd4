/** What a server says that it found out about a sender: the value of a field Authentication-Results (RFC 8601, 2.2). Values only, bounded. */

export interface Finding {
  /** `spf`, `dkim`, `dmarc` or another (RFC 8601, 2.7), in lower case, as `result` is. */
  readonly method: string;
  readonly result: string;
  /** What was looked at, by type and property, such as `header.d` (RFC 8601, 2.3). The first of a name counts. */
  readonly properties: ReadonlyMap<string, string>;
}

export interface AuthenticationResults {
  /** Who says it. */
  readonly authservId: string;
  readonly findings: readonly Finding[];
}

/** Letters of a value, and findings and properties in it, that are read. */
const LONGEST = 16 * 1024;
const MOST_FINDINGS = 50;
const MOST_PROPERTIES = 20;

/** A place in a value. What it reads it goes past; what is not there is `null`, and it stays. */
class Cursor {
  #at = 0;
  /** Whether a comment or a string does not end, so that nobody knows what stands in it. */
  isBroken = false;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** White space and comments, which may stand in one another (RFC 5322, 3.2.2); `false` where one does not end. */
  skip(): boolean {
    let depth = 0;
    for (; this.#at < this.#text.length; this.#at += 1) {
      const sign = this.#text.charAt(this.#at);
      if (sign === "(") depth += 1;
      else if (depth > 0 && sign === ")") depth -= 1;
      else if (depth > 0 && sign === "\\") this.#at += 1;
      else if (depth === 0 && !/[ \t\r\n]/.test(sign)) break;
    }
    this.isBroken ||= depth > 0;
    return depth === 0;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return null;
    this.#at = pattern.lastIndex;
    return found[0];
  }

  sign(wanted: string): boolean {
    if (this.#text.charAt(this.#at) !== wanted) return false;
    this.#at += 1;
    return true;
  }

  /** RFC 5321, 4.1.2, with the `_` that some write. */
  keyword(): string | null {
    return this.#match(/[a-z\d][\w-]*/iy)?.toLowerCase() ?? null;
  }

  digits(): string | null {
    return this.#match(/\d+/y);
  }

  /** A token or a quoted string (RFC 2045, 5.1), without its quotes. */
  value(): string | null {
    return this.#quoted() ?? this.#match(/[^\s()<>@,;:\\"/[\]?=\p{Cc}]+/uy);
  }

  /** As `value`, and an address, whose local part may be quoted; and what servers write there without quotes. */
  propertyValue(): string | null {
    const first = this.#quoted();
    const rest = this.#match(/[^\s();"\p{Cc}]+/uy);
    return first === null && rest === null ? null : (first ?? "") + (rest ?? "");
  }

  #quoted(): string | null {
    return (
      this.#match(/"(?:[^"\\]|\\.)*"/sy)
        ?.slice(1, -1)
        .replace(/\\(.)/gs, "$1") ?? null
    );
  }

  /** Behind the rest of what is not understood, up to a `;` that stands in no comment and no string. */
  skipToNext(): void {
    while (!this.isBroken && this.skip() && !this.isAtEnd && this.#text.charAt(this.#at) !== ";") {
      if (this.#quoted() !== null) continue;
      this.isBroken ||= this.#text.charAt(this.#at) === '"';
      this.#at += 1;
    }
  }
}

/** `[CFWS] authserv-id [CFWS authres-version]`. */
function head(cursor: Cursor): string | null {
  if (!cursor.skip()) return null;
  const authservId = cursor.value();
  if (authservId === null || !cursor.skip()) return null;
  // RFC 8601, 2.5: what a later version says is not known
  if ((cursor.digits() ?? "1") !== "1" || !cursor.skip()) return null;
  return authservId.toLowerCase();
}

/** `method [/ version] = result`. */
function methodAndResult(cursor: Cursor): [string, string] | null {
  const method = cursor.keyword();
  if (method === null || !cursor.skip()) return null;
  if (cursor.sign("/") && !(cursor.skip() && cursor.digits() === "1" && cursor.skip())) return null;
  if (!cursor.sign("=") || !cursor.skip()) return null;
  const result = cursor.keyword();
  return result === null ? null : [method, result];
}

/** `ptype . property = pvalue`, or `reason = value`, whose words are for people and are not kept. */
function property(cursor: Cursor): [string, string] | null {
  const type = cursor.keyword();
  if (type === null || !cursor.skip()) return null;
  const name = cursor.sign(".") ? (cursor.skip() ? cursor.keyword() : null) : "";
  if (name === null || !cursor.skip() || !cursor.sign("=") || !cursor.skip()) return null;
  const value = cursor.propertyValue();
  return value === null ? null : [name === "" ? type : `${type}.${name}`, value];
}

function finding(cursor: Cursor): Finding | null {
  const found = methodAndResult(cursor);
  if (found === null) return null;
  const [method, result] = found;
  const properties = new Map<string, string>();
  while (cursor.skip() && !cursor.isAtEnd && properties.size < MOST_PROPERTIES) {
    const one = property(cursor);
    if (one === null) break;
    if (!properties.has(one[0])) properties.set(...one);
  }
  return { method, result, properties };
}

/** What a value says; `null` where it is none. A finding that is not of the grammar is not told, and those beside it are. */
export function authenticationResults(value: string): AuthenticationResults | null {
  if (value.length > LONGEST) return null;
  const cursor = new Cursor(value);
  const authservId = head(cursor);
  if (authservId === null) return null;
  const findings: Finding[] = [];
  while (!cursor.isAtEnd) {
    // what stands before it is not understood: then nothing of it is
    if (!cursor.sign(";") || !cursor.skip()) return null;
    const one = finding(cursor);
    cursor.skipToNext();
    if (cursor.isBroken) return null;
    if (one !== null && findings.length < MOST_FINDINGS) findings.push(one);
  }
  return { authservId, findings };
}
