import { describe, expect, it } from "vitest";
import { linkTarget } from "./plain_text";
import { escaped, htmlOfText, insideOf, shownCids, textOfRich, wholeDocument } from "./rich";
import { safeStyle } from "./safe_style";

describe("formatted text", () => {
  it.each([
    ["<div>een</div><div><br></div><div>twee<br></div>", "een\n\ntwee"],
    ["<p>een</p><p>twee</p>", "een\n\ntwee"],
    ["een <b>twee</b>\n  drie<br>vier", "een twee drie\nvier"],
    ["<ul><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li></ul>", "• a\n• b\n  1. c\n  2. d"],
    [
      "<div>Op ma schreef Bram:</div><blockquote><div>een</div><blockquote>twee</blockquote></blockquote>",
      "Op ma schreef Bram:\n> een\n>> twee",
    ],
    [
      '<a href="https://a.example/b">hier</a> en <a href="https://a.example/">https://a.example/</a>',
      "hier <https://a.example/b> en https://a.example/",
    ],
    ['<a href="mailto:jan@a.example">jan@a.example</a>', "jan@a.example"],
    ['<div>dag</div><div data-signature=""><div>Anna</div></div>', "dag\n-- \nAnna"],
    ["a &amp; b &lt;c&gt;&nbsp;d", "a & b <c> d"],
    ["<style>x</style><script>y</script>z", "z"],
    ['<div>zie <img src="cid:a" alt="foto"></div>', "zie foto"],
    ["<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"],
    ["", ""],
  ])("%s says %j plainly", (html, text) => {
    expect(textOfRich(html)).toBe(text);
  });

  it.each(["dag\n\nBram", "dag\n> een\n>> twee\n> drie", "dag\n-- \nAnna\nElders", 'a < b & "c"'])(
    "made of %j says the same",
    (text) => {
      expect(textOfRich(htmlOfText(text))).toBe(text);
    },
  );

  it("is never markup because somebody wrote it", () => {
    expect(htmlOfText('<img src=x onerror="x">')).toBe(`<div>${escaped('<img src=x onerror="x">')}</div>`);
    expect(htmlOfText("> <b>")).not.toContain("<b>");
  });

  it("is a whole document where it is sent, and is read from one", () => {
    expect(insideOf(wholeDocument("<div>a</div>"))).toBe("<div>a</div>");
    expect(insideOf("<html><body dir=ltr><p>a</html>")).toBe("<p>a</html>");
    expect(insideOf("<b>a</b>")).toBe("<b>a</b>");
  });

  it("names the pictures that it shows", () => {
    expect([...shownCids('<img alt="" src="cid:a&amp;b@c"><img src="https://x/"> src="cid:d"')]).toEqual([
      "a&b@c",
      "d",
    ]);
  });
});

describe("a style", () => {
  it.each([
    ["color: red; font-weight: bold", "color: red; font-weight: bold"],
    ["COLOR:RED !important", "color: RED"],
    ["background-color: rgb(1, 2, 3)", "background-color: rgb(1, 2, 3)"],
    ["position: fixed; inset: 0; color: red", "color: red"],
    ["background: url(https://x.example/)", ""],
    ["background-image: image-set('x')", ""],
    ["color: expression(alert(1))", ""],
    ["color: \\75rl(x)", ""],
    ["color: red/**/", ""],
    ["margin-left: -100px", ""],
    ["margin: 0 0 0 -1px; padding: 4px", "padding: 4px"],
    ["width: calc(100% - 1px)", ""],
    ["font-family: 'a', b", "font-family: 'a', b"],
    ["--x: 1; color: var(--x)", ""],
    [";;:", ""],
  ])("%s keeps %j", (style, kept) => {
    expect(safeStyle(style)).toBe(kept);
  });
});

describe("a link", () => {
  it.each([
    ["https://a.example/b?c", "https://a.example/b?c"],
    [" a.example ", "https://a.example/"],
    ["a.example:8080/x", "https://a.example:8080/x"],
    ["jan@a.example", "mailto:jan@a.example"],
    ["mailto:jan@a.example", "mailto:jan@a.example"],
    ["javascript:alert(1)", null],
    ["data:text/html,x", null],
    ["file:///etc/passwd", null],
    ["een twee", null],
    ["", null],
    ["https://", null],
  ])("to %j goes to %j", (typed, href) => {
    expect(linkTarget(typed)).toBe(href);
  });
});
