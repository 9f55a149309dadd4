import { describe, expect, it } from "vitest";
import { bench, mailboxId, settled } from "../../test/bench";
import { id } from "../jmap/decode";
import { type Label, OWN } from "../jmap/own";
import { choices, share, tagsOf, WELL_KNOWN } from "./labels";

const label = (keyword: string, name: string, color: string | null = null): Label => ({
  id: id<"Label">()(`l-${keyword}`, ""),
  keyword,
  name,
  color,
  sortOrder: 0,
});
const LABELS = [label("huis", "Ons huis", "#1f7a4d"), label("$label2", "Kantoor")];

describe("labels of messages", () => {
  it("are keywords by their names, the account's own first", () => {
    const tags = tagsOf(["werk", "$label2", "$seen", "$label1", "huis", "nonjunk", "$mdnsent"], LABELS);
    expect(tags.map(({ keyword, name, color }) => [keyword, name, color])).toEqual([
      ["huis", "Ons huis", "#1f7a4d"],
      ["$label2", "Kantoor", null],
      ["$label1", null, WELL_KNOWN.$label1],
      ["werk", "werk", null],
    ]);
  });

  it("can be chosen from what there is, once each", () => {
    const keywords = choices(LABELS, ["huis", "werk", "$seen"]).map(({ keyword }) => keyword);
    expect(keywords).toEqual(["huis", "$label2", "$label1", "$label3", "$label4", "$label5", "werk"]);
  });

  it.each([
    [[], "none"],
    [[["a"], []], "some"],
    [[["a"], ["a", "b"]], "all"],
    [[["b"]], "none"],
  ] as const)("are had by %j", (messages, expected) => {
    expect(
      share(
        "a",
        messages.map((keywords) => ({ keywords: new Set<string>(keywords) })),
      ),
    ).toBe(expected);
  });
});

describe("labels of an account", () => {
  const offering = (server: { offers: Record<string, unknown> }) => {
    server.offers = { [OWN]: { maxLabels: 100, maxSavedSearches: 100 } };
  };

  it("come with the first request, change, and are followed", async () => {
    const { account, server, scene } = await bench((server) => {
      offering(server);
      server.records.labels.set("l1", { id: "l1", keyword: "werk", name: "Werk", color: null, sortOrder: 0 });
    });
    const names = () => account.own.labels.all.value.map(({ name }) => name);
    expect([names(), server.requests]).toEqual([["Werk"], 2]);
    const made = await account.own.labels.create({ name: "Huis", color: "#1f7a4d" });
    expect(names()).toEqual(["Huis", "Werk"]);
    await account.own.labels.change(made, { name: "Zolder" });
    expect(names()).toEqual(["Werk", "Zolder"]);
    // another device
    server.records.labels.delete("l1");
    scene.push("state", '{"@type":"StateChange","changed":{"a1":{"Label":"?"}}}');
    await settled(server);
    expect(names()).toEqual(["Zolder"]);
    await account.own.labels.remove(made);
    expect(names()).toEqual([]);
  });

  it("are told again when the line was down", async () => {
    const { account, server, scene } = await bench(offering);
    scene.push("open");
    await settled(server);
    server.records.searches.set("s1", { id: "s1", name: "Facturen", text: "van:ing", sortOrder: 0 });
    scene.push("open");
    await settled(server);
    expect(account.own.searches.all.value.map(({ text }) => text)).toEqual(["van:ing"]);
  });

  it("are not asked for where the server has none", async () => {
    const { account, server } = await bench();
    expect([account.own.labels.most, account.own.searches.most]).toEqual([0, 0]);
    await account.own.labels.refresh();
    expect(server.names.filter((name) => /Label|SavedSearch/.test(name))).toEqual([]);
  });

  it("are given to all messages of rows, and taken back", async () => {
    const { account, server } = await bench(
      (server) => {
        offering(server);
        server.deliver({ id: "e1", threadId: "t" });
        server.deliver({ id: "e2", threadId: "t" });
      },
      { conversations: true },
    );
    const list = account.look({ kind: "mailbox", id: mailboxId("inbox"), only: [] });
    await list.need(0, 1);
    const having = () =>
      [...server.records.emails.values()].filter(({ keywords }) => keywords.huis).map((one) => one.id);
    const [row] = list.range(0, 1);
    if (row === undefined) throw new Error("a row");
    await account.label([row], "huis", "labelled");
    await settled(server);
    expect(having()).toEqual(["e1", "e2"]);
    const notice = account.notice.value;
    if (notice?.kind !== "done") throw new Error("it is told");
    expect([notice.what, notice.count]).toEqual(["labelled", 2]);
    notice.undo?.();
    await settled(server);
    expect(having()).toEqual([]);
  });
});
