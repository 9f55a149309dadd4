import { describe, expect, it } from "vitest";
import { textOfHtml } from "./html_text";
import { decoded } from "./html_tokens";
import { blocks, PASSAGE, passages, pieces } from "./plain_text";

describe("plain text", () => {
  it("is own text, quotes by depth, and a signature", () => {
    const text = "Dag\r\n\r\n> zei jij\r\n>> zei ik\r\n> >ook\r\n> weer\nnu\n-- \nAnna\n> P.S.";
    expect(blocks(text).map(({ kind, depth, lines }) => [kind, depth, lines.join("|")])).toEqual([
      ["own", 0, "Dag|"],
      ["quote", 1, "zei jij"],
      ["quote", 2, "zei ik|ook"],
      ["quote", 1, "weer"],
      ["own", 0, "nu"],
      ["signature", 0, "-- |Anna"],
      ["quote", 1, "P.S."],
    ]);
  });

  it.each<[string, (string | [string, string])[]]>([
    ["niets", ["niets"]],
    ["", [""]],
    ["zie https://a.example/b?c=d.", ["zie ", ["https://a.example/b?c=d", "https://a.example/b?c=d"], "."]],
    ["(https://a.example/x_(y))", ["(", ["https://a.example/x_(y)", "https://a.example/x_(y)"], ")"]],
    ["<https://a.example>", ["<", ["https://a.example", "https://a.example/"], ">"]],
    ["mail anna@here.example!", ["mail ", ["anna@here.example", "mailto:anna@here.example"], "!"]],
    ["javascript:alert(1)", ["javascript:alert(1)"]],
    ["data:text/html,<script>", ["data:text/html,<script>"]],
    ['https://"onmouseover=x', ['https://"onmouseover=x']],
    ["http://[wrong", ["http://[wrong"]],
    ["https://例え.example/", [["https://例え.example/", "https://xn--r8jz45g.example/"]]],
  ])("%j has these links", (line, expected) => {
    expect(pieces(line).map((one) => (one.kind === "link" ? [one.text, one.href] : one.text))).toEqual(expected);
  });

  it("stands in passages, of which each has as many lines as are laid out together", () => {
    const lines = Array.from({ length: 2 * PASSAGE + 1 }, (_, at) =>
      at === 1 ? "zie https://a.example/ hier" : at === PASSAGE - 1 ? "" : `${at}`,
    );
    const found = passages(lines);
    expect(found.map((passage) => passage.lines)).toEqual([PASSAGE, PASSAGE, 1]);
    const [first] = found;
    expect(first?.pieces.map(({ kind }) => kind)).toEqual(["text", "link", "text"]);
    expect(first?.pieces[0]?.text).toBe("0\nzie ");
    expect(first?.pieces[2]?.text).toMatch(/^ hier\n2\n[\s\S]*\n\n$/);
    expect(found.flatMap(({ pieces: of }) => of.map(({ text }) => text)).join("")).toBe(`${lines.join("\n")}\n`);
    expect(passages([])).toEqual([]);
  });

  // what went over a line again for each of its letters would be past the limit of a test
  it("of any length are found in one pass", () => {
    const long = "a".repeat(200_000);
    expect(pieces(long).length).toBe(1);
    expect(blocks(">".repeat(200_000)).length).toBe(1);
  });
});

describe("the words of HTML", () => {
  it.each<[string, string]>([
    ["<p>Dag <b>Anna</b></p><p>Tot   ziens</p>", "Dag Anna\n\nTot ziens"],
    ["een<br>twee<div>drie</div>vier", "een\ntwee\ndrie\nvier"],
    ["<ul><li>een<li>twee</ul>", "• een\n• twee"],
    ["<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc"],
    ["<style>p{}</style><script>alert('</p>')</script>tekst", "tekst"],
    ["<title>t</title>a<!-- b -->c", "ac"],
    ["5 < 6 &amp; 7 &gt; 6", "5 < 6 & 7 > 6"],
    ["<a title=\"x>y\" href='>'>hier</a>", "hier"],
    ["&euro;&nbsp;5 caf&eacute; &#233; &#xe9; &unknown; &#0;", "€ 5 café é é &unknown; �"],
    ["<svg><text>x</text></svg>na", "na"],
    ["voor<script>nooit gesloten", "voor"],
    ["voor<!-- nooit gesloten", "voor"],
    ["voor<a href='nooit gesloten", "voor"],
    ["<SCRIPT>a</SCRIPT ><P>b", "b"],
    ["<br/>a<br />b", "a\nb"],
  ])("%j says %j", (html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });

  it("never make a tag of what was a reference", () => {
    expect(textOfHtml("&lt;script&gt;alert(1)&lt;/script&gt;")).toBe("<script>alert(1)</script>");
    expect(decoded("&amp;lt;")).toBe("&lt;");
  });

  it.each(["<a ", "<", "<!--", "&nbsp;", "<script>", "<a href='", "&#", "<br>", "\n ", "</"])(
    "are found in one pass through many of %j",
    (piece) => {
      const many = piece.repeat((256 * 1024) / piece.length);
      expect(textOfHtml(many).length).toBeLessThanOrEqual(many.length);
    },
  );
});
