import { describe, expect, it } from "vitest";
import { mailAddress, mailTo } from "./mail_link";

describe("a link that begins a letter", () => {
  it("says one recipient, a subject and a text, and nobody beside", () => {
    const letter = mailTo(
      "mailto:a+b@c.example?Subject=1%2B1&cc=x@y.example&bcc=z@y.example&attach=/etc/passwd&body=a+b",
    );
    expect(letter).toEqual({ to: "a+b@c.example", subject: "1+1", text: "a+b" });
  });

  it.each([
    "mailto:",
    "mailto:x",
    "mailto:a@b.example%0ABcc:c@d.example",
    "mailto:%ff%ff@b.example",
    "mailto:a\u202E@b.example",
    "x:a@b.example",
  ])("%j begins none", (link) => {
    expect(mailTo(link)).toBeNull();
  });

  it("has a subject of one line, and no more words than anybody wants", () => {
    const letter = mailTo(`mailto:a@b.example?subject=a%0D%0ABcc: x&body=${"x".repeat(9_000)}`);
    expect(letter?.subject).toBe("a Bcc: x");
    expect(letter?.text.length).toBe(2_000);
  });

  it.each([
    ["mailto:a@b.example", "a@b.example"],
    ["MAILTO:a%40b.example?subject=x", "a@b.example"],
    ["https://evil.example/a@b", null],
    ["mailto:a@b.example%0d%0aBcc:c@d.example", null],
    ["mailto:a@b.example,c@d.example", null],
    ["mailto:%ff@x", null],
    ["a@b.example", null],
  ])("%s is the address %j", (value, email) => {
    expect(mailAddress(value)).toBe(email);
  });
});
