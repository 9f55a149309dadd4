import { describe, expect, it } from "vitest";
import { mailTo } from "./mail_link";
import { unsubscribing } from "./unsubscribe";

describe("the way off a list", () => {
  it.each([
    [["https://list.example/off?a=b"], { kind: "page", url: "https://list.example/off?a=b", host: "list.example" }],
    [
      ["mailto:off@list.example?subject=weg%20ermee&body=x%0D%0Ay"],
      { kind: "letter", to: "off@list.example", subject: "weg ermee", text: "x\ny" },
    ],
    [
      ["ftp://list.example", "http://list.example/off", "mailto:off@list.example"],
      { kind: "letter", to: "off@list.example", subject: "", text: "" },
    ],
  ])("%j", (ways, way) => {
    expect(unsubscribing(ways)).toEqual(way);
  });

  it.each([
    [null],
    [[]],
    [["javascript:alert(1)", "data:text/html,x", "http://list.example", "//list.example", ""]],
    [["https://bank.example@evil.example/"]],
    [["mailto:a@b.example,c@d.example"]],
    [[`https://list.example/${"x".repeat(3_000)}`]],
    [[...Array.from({ length: 10 }, () => "x"), "https://list.example/"]],
  ])("is none in %.60j", (ways) => {
    expect(unsubscribing(ways)).toBeNull();
  });
});

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
});
