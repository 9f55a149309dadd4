import { describe, expect, it } from "vitest";
import { emailId, mailboxId } from "../../test/bench";
import { id } from "../jmap/decode";
import { areTouched, change, MOST_SENDERS, type Preferences, read, showsImages, withImagesOf } from "./preferences";
import { parsed, type Route, withEmail, written } from "./route";
import { extended, nothing, remaining, toggled } from "./selection";
import { KEYS, Keyboard, PATIENCE } from "./shortcuts";

const cardId = id<"ContactCard">();

function shelf(first: string | null = null) {
  const kept = new Map<string, string>(first === null ? [] : [["glaspost/preferences", first]]);
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
}

describe("preferences", () => {
  it.each([null, "{", "7", '{"language":"fr"}', '{"theme":7}'])(
    "begin as the browser asks, where %j is kept",
    (first) => {
      expect(read(shelf(first), ["en-GB"])).toEqual({
        language: "en",
        theme: "system",
        conversations: true,
        shortcuts: true,
        density: "roomy",
        formatted: true,
        imagesFrom: [],
        rich: false,
        undoSeconds: 10,
      });
    },
  );

  it("come back as they were", () => {
    const mine: Preferences = {
      language: "nl",
      theme: "dark",
      conversations: false,
      shortcuts: false,
      density: "compact",
      formatted: false,
      imagesFrom: ["a@b.example"],
      rich: true,
      undoSeconds: 30,
    };
    const there = shelf();
    expect(change(there, ["en"], mine)).toEqual(mine);
    expect(read(there, ["en"])).toEqual(mine);
  });

  it("of two windows stay beside each other", () => {
    const there = shelf();
    const first = read(there, ["en"]);
    change(there, ["en"], { theme: "dark" });
    expect(change(there, ["en"], { density: "compact" })).toEqual({ ...first, theme: "dark", density: "compact" });
    expect(["glaspost/preferences", null, "glaspost/here"].map(areTouched)).toEqual([true, true, false]);
  });

  it("know whose images are shown, the last ones of many", () => {
    let mine = read(shelf(), ["en"]);
    for (let number = 0; number <= MOST_SENDERS; number += 1) {
      mine = { ...mine, imagesFrom: withImagesOf(mine, `A${number}@b.example`) };
    }
    expect(mine.imagesFrom).toHaveLength(MOST_SENDERS);
    expect(showsImages(mine, `a${MOST_SENDERS}@B.example`)).toBe(true);
    expect(showsImages(mine, "a0@b.example")).toBe(false);
    expect(withImagesOf(mine, "a7@b.example")).toHaveLength(MOST_SENDERS);
  });
});

describe("a selection", () => {
  const all = ["a", "b", "c", "d", "e"];
  const rows = { indexOf: (id: string) => all.indexOf(id), range: (from: number, to: number) => all.slice(from, to) };

  it("goes from its anchor to where one clicks, in either direction", () => {
    const one = toggled(nothing<string>(), "c");
    expect([...extended(one, "e", rows).ids]).toEqual(["c", "d", "e"]);
    expect([...extended(one, "a", rows).ids]).toEqual(["c", "a", "b"]);
    expect([...toggled(one, "c").ids]).toEqual([]);
  });

  it("loses rows that are gone", () => {
    const three = extended(toggled(nothing<string>(), "a"), "c", rows);
    expect([...remaining(three, { ...rows, indexOf: (id) => (id === "b" ? -1 : 0) }).ids]).toEqual(["a", "c"]);
    expect(remaining(three, rows)).toBe(three);
  });

  it("from an anchor that is gone is one row", () => {
    expect([...extended({ ids: new Set<string>(), anchor: "gone" }, "b", rows).ids]).toEqual(["b"]);
  });
});

describe("the keyboard", () => {
  const key = (key: string, more = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...more });

  it("has each key and each command once", () => {
    expect(new Set(KEYS.map(([keys]) => keys)).size).toBe(KEYS.length);
    expect(new Set(KEYS.map(([, command]) => command)).size).toBe(KEYS.length);
  });

  it.each(KEYS)("reads %s as %s", (keys, command) => {
    const keyboard = new Keyboard();
    expect(
      keys
        .split(" ")
        .map((one) => keyboard.press(key(one), 0))
        .at(-1),
    ).toBe(command);
  });

  it("leaves the browser its own, and waits no longer than patience for a second key", () => {
    const keyboard = new Keyboard();
    expect(keyboard.press(key("r", { ctrlKey: true }), 0)).toBeNull();
    keyboard.press(key("g"), 0);
    expect(keyboard.press(key("i"), PATIENCE)).toBeNull();
    keyboard.press(key("g"), 0);
    expect(keyboard.press(key("e"), 1)).toBe("archive");
  });
});

describe("a route", () => {
  const routes: Route[] = [
    { view: "start" },
    { view: "settings", section: null },
    { view: "settings", section: "away" },
    { view: "contacts", card: { kind: "none" } },
    { view: "contacts", card: { kind: "shown", id: cardId("c/1", "") } },
    { view: "contacts", card: { kind: "edited", id: cardId("c/1", "") } },
    { view: "contacts", card: { kind: "new", of: "person" } },
    { view: "contacts", card: { kind: "new", of: "group" } },
    { view: "mailbox", mailbox: mailboxId("a/b #?"), only: [], email: null },
    { view: "mailbox", mailbox: mailboxId("m"), only: ["unread", "attachment"], email: emailId("e/1") },
    { view: "search", typed: 'van:"Jan / Piet" 100%', email: emailId("e") },
  ];
  it.each(routes)("is read as it is written: %j", (route) => {
    expect(parsed(written(route))).toEqual(route);
  });

  it.each(["", "#", "#/mail", "#/mail/%ZZ", "#/nothing/x"])("%j is the start", (hash) => {
    expect(parsed(hash)).toEqual({ view: "start" });
  });

  it("opens and closes a message in its list", () => {
    const list: Route = { view: "mailbox", mailbox: mailboxId("m"), only: [], email: null };
    expect(withEmail(list, emailId("e"))).toEqual({ ...list, email: "e" });
    expect(withEmail({ view: "settings", section: null }, emailId("e"))).toEqual({ view: "settings", section: null });
  });
});
