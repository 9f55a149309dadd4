import { describe, expect, it } from "vitest";
import { bench, emailId, settled } from "../../test/bench";
import { pieces } from "./snippets";

describe("a snippet", () => {
  it.each<[string, [string, boolean][]]>([
    ["plain", [["plain", false]]],
    [
      "a <mark>fiets</mark> b",
      [
        ["a ", false],
        ["fiets", true],
        [" b", false],
      ],
    ],
    [
      "<mark>a</mark><mark>b</mark>",
      [
        ["a", true],
        ["b", true],
      ],
    ],
    ["1 &lt; 2 &amp;amp; &quot;3&quot;", [['1 < 2 &amp; "3"', false]]],
    // whatever else stands there stays text
    ["<img src=x onerror=alert(1)>", [["<img src=x onerror=alert(1)>", false]]],
    ["<mark onclick=x>y</mark>", [["<mark onclick=x>y", false]]],
    ["", []],
  ])("%j is read as text", (snippet, expected) => {
    expect(pieces(snippet).map(({ text, marked }) => [text, marked])).toEqual(expected);
  });
});

describe("the list of a search", () => {
  const search = (filter: unknown) => ({ kind: "search", filter }) as const;

  it("marks the words in its rows, after they are there", async () => {
    const { account, server } = await bench((server) => {
      server.deliver({ id: "e1", subject: "Een fiets & meer", text: "niets" });
      server.deliver({ id: "e2", subject: "Weer", text: "op de fiets" });
    });
    const list = account.look(search({ text: "fiets" }));
    await list.need(0, 2);
    await settled(server);
    expect(list.snippets?.for(emailId("e1"))).toMatchObject({
      subject: "Een <mark>fiets</mark> &amp; meer",
      preview: null,
    });
    expect(list.snippets?.for(emailId("e2"))).toMatchObject({ subject: null, preview: "op de <mark>fiets</mark>" });
    expect(server.names.slice(-3)).toEqual(["Email/query", "Email/get", "SearchSnippet/get"]);
  });

  it("stands where they cannot be had, and asks for none without words", async () => {
    const { account, server } = await bench((server) => server.deliver({ id: "e1", subject: "fiets" }));
    server.refuse.set("SearchSnippet/get", "serverFail");
    const list = account.look(search({ text: "fiets" }));
    await list.need(0, 1);
    await settled(server);
    expect([list.total, list.snippets?.for(emailId("e1"))]).toEqual([1, undefined]);
    expect(account.look(search({ hasKeyword: "text" })).snippets).toBeNull();
  });
});
