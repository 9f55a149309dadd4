import { describe, expect, it } from "vitest";
import { authenticationResults } from "./authentication_results";

/** What is read, as `method=result property=value`. */
function read(value: string): readonly string[] | null {
  const told = authenticationResults(value);
  if (told === null) return null;
  const found = told.findings.map(({ method, result, properties }) =>
    [`${method}=${result}`, ...[...properties].map(([name, of]) => `${name}=${of}`)].join(" "),
  );
  return [told.authservId, ...found];
}

describe("what a server found out", () => {
  // RFC 8601, appendix B
  it.each([
    ["B.2", "example.org 1; none", ["example.org"]],
    [
      "B.3",
      "example.com;\r\n\tspf=pass smtp.mailfrom=example.net",
      ["example.com", "spf=pass smtp.mailfrom=example.net"],
    ],
    [
      "B.4",
      "example.com;\r\n auth=pass (cram-md5) smtp.auth=sender@example.net;\r\n spf=pass smtp.mailfrom=example.net",
      ["example.com", "auth=pass smtp.auth=sender@example.net", "spf=pass smtp.mailfrom=example.net"],
    ],
    [
      "B.4, the other",
      "example.com; iprev=pass\r\n policy.iprev=192.0.2.200",
      ["example.com", "iprev=pass policy.iprev=192.0.2.200"],
    ],
    [
      "B.5",
      "example.com; auth=pass (cram-md5) smtp.auth=sender@example.com; spf=fail smtp.mailfrom=example.com",
      ["example.com", "auth=pass smtp.auth=sender@example.com", "spf=fail smtp.mailfrom=example.com"],
    ],
    [
      "B.6",
      'example.com;\r\n dkim=pass reason="good signature"\r\n header.i=@mail-router.example.net;\r\n dkim=fail reason="bad signature"\r\n header.i=@newyork.example.com',
      [
        "example.com",
        "dkim=pass reason=good signature header.i=@mail-router.example.net",
        "dkim=fail reason=bad signature header.i=@newyork.example.com",
      ],
    ],
    [
      "B.7",
      "foo.example.net (foobar) 1 (baz);\r\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\r\n policy (A dot can go here) . (like that) expired\r\n (this surprised me) = (as I wasn't expecting it) 1362471462",
      ["foo.example.net", "dkim=fail policy.expired=1362471462"],
    ],
  ])("is read as RFC 8601, %s has it", (_, value, told) => {
    expect(read(value)).toEqual(told);
  });

  it.each([
    ["A.example; DMARC=Pass Header.From=bank.example", ["a.example", "dmarc=pass header.from=bank.example"]],
    ['"a.ex\\ample"; none', ["a.example"]],
    ["(a (b) \\) c) a.example; none", ["a.example"]],
    ["a.example", ["a.example"]],
    ["a.example; x-new=perhaps y.z=1", ["a.example", "x-new=perhaps y.z=1"]],
    [
      'a.example; spf=pass smtp.mailfrom="a; dmarc=pass"@b.example',
      ["a.example", "spf=pass smtp.mailfrom=a; dmarc=pass@b.example"],
    ],
    ["a.example; spf=pass (x; dmarc=pass) smtp.helo=b", ["a.example", "spf=pass smtp.helo=b"]],
    ["a.example; dkim=pass header.b=ab/c+d= header.d=b", ["a.example", "dkim=pass header.b=ab/c+d= header.d=b"]],
    ["a.example; dkim=pass header.d=b header.d=c", ["a.example", "dkim=pass header.d=b"]],
    // what is not of the grammar is not told; what stands beside it is
    ["a.example; ; dmarc; =x; spf=pass", ["a.example", "spf=pass"]],
    ["a.example; dkim/2=pass; spf=pass", ["a.example", "spf=pass"]],
    ["a.example; spf=pass ?? header.d=b; dkim=none", ["a.example", "spf=pass", "dkim=none"]],
  ])("%j is read", (value, told) => {
    expect(read(value)).toEqual(told);
  });

  it.each([
    "",
    "; dmarc=pass",
    "(a.example); none",
    "(a.example; none",
    '"a.example; none',
    "a.example 2; none",
    "a.example b.example; none",
    "a.example dmarc=pass; none",
    "spf=pass smtp.mailfrom=a.example; dkim=none",
    "a.example; spf=pass (; dmarc=pass",
    'a.example; spf=pass a.b="; dmarc=pass',
    "a.example, dmarc=pass",
    `a.example; ${"x".repeat(20_000)}`,
  ])("%j is none", (value) => {
    expect(read(value)).toBeNull();
  });

  it("is bounded, whatever somebody wrote", () => {
    const before = Date.now();
    expect(read(`a.example${"; spf=pass".repeat(1_500)}`)?.length).toBe(51);
    const [, many] = read(`a.example; spf=pass${Array.from({ length: 500 }, (_, n) => ` a.b${n}=c`).join("")}`) ?? [];
    expect(many?.split(" ").length).toBe(21);
    read("(".repeat(16_000));
    read(`a.example; spf=pass a.b=${'"\\'.repeat(7_000)}`);
    read(`a.example; ${'"'.repeat(15_000)}`);
    expect(Date.now() - before).toBeLessThan(2_000);
  });
});
