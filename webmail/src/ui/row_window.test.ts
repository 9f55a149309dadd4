import { describe, expect, it } from "vitest";
import { emailId } from "../../test/bench";
import { Server } from "../../test/server/server";
import { Client } from "../jmap/client";
import type { Email } from "../jmap/mail";
import { EMAIL } from "../jmap/mail";
import { get } from "../jmap/methods";
import { MOST_FIRST, MOST_NEW, RowWindow } from "./row_window";

async function emails(count: number): Promise<readonly Email[]> {
  const server = new Server();
  for (let made = 0; made < count; made += 1) server.deliver({ id: `e${made}` });
  const client = await Client.begin(server);
  return (await client.call(get(EMAIL, client.accountId, null))).list;
}

describe("the rows in sight", () => {
  it("come a few at a time, from the top", async () => {
    const all = await emails(40);
    const sight = new RowWindow();
    const at = (index: number) => all[index]?.id;
    const of = (id: Email["id"]) => ({ id, emails: all.filter((one) => one.id === id), snippet: undefined });
    const first = sight.rows(0, 25, at, of);
    expect(first.map(({ index }) => index)).toEqual(Array.from({ length: MOST_FIRST }, (_, index) => index));
    expect(sight.cut).toBe(true);
    expect(sight.rows(0, 25, at, of).length).toBe(MOST_FIRST + MOST_NEW);
    expect(sight.rows(0, 25, at, of).length).toBe(MOST_FIRST + 2 * MOST_NEW);
    expect(sight.rows(0, 25, at, of).length).toBe(25);
    expect(sight.cut).toBe(false);
  });

  it("stay the same objects while nothing of them changes, and never share their elements", async () => {
    const all = [...(await emails(40))];
    const sight = new RowWindow();
    const at = (index: number) => all[index]?.id;
    const of = (id: Email["id"]) => ({ id, emails: all.filter((one) => one.id === id), snippet: undefined });
    sight.rows(0, 10, at, of);
    const before = sight.rows(0, 10, at, of);
    const [first] = all;
    if (first === undefined) throw new Error("a message");
    all[0] = { ...first, keywords: new Set(["$seen"]) };
    const after = sight.rows(2, 12, at, of);
    expect(after.slice(0, 8)).toEqual(before.slice(2));
    expect(after.slice(0, 8).every((row, place) => row === before[place + 2])).toBe(true);
    expect(new Set(after.map(({ slot }) => slot)).size).toBe(after.length);
    const back = sight.rows(0, 10, at, of);
    expect(back[0]?.emails).toEqual([all[0]]);
    expect(back[2]).toBe(before[2]);
  });

  it("keep their elements when they move, and leave them to others when they go", async () => {
    const all = [...(await emails(40))];
    const sight = new RowWindow();
    const at = (index: number) => all[index]?.id;
    const of = (id: Email["id"]) => ({ id, emails: all.filter((one) => one.id === id), snippet: undefined });
    const before = sight.rows(0, 8, at, of);
    all.splice(1, 1, ...all.splice(20, 1));
    const after = sight.rows(0, 8, at, of);
    const slot = (rows: typeof after, id: string | undefined) => rows.find((row) => row.id === id)?.slot;
    for (const { id } of after.filter((row) => before.some((one) => one.id === row.id)))
      expect(slot(after, id)).toBe(slot(before, id));
    // one that moved has the messages of before, so that they are not drawn anew
    all.unshift(...all.splice(30, 1));
    const moved = sight.rows(0, 8, at, of);
    expect(moved[1]?.index).toBe(1);
    expect(moved[1]?.emails).toBe(after[0]?.emails);
    expect(new Set(moved.map((row) => row.slot)).size).toBe(8);
    expect(Math.max(...moved.map((row) => row.slot))).toBe(7);
  });

  it("are not drawn where their messages are not known, and do not keep others from coming", async () => {
    const all = await emails(30);
    const sight = new RowWindow();
    const at = (index: number) => all[index]?.id;
    const of = (id: Email["id"]) => ({
      id,
      emails: id === emailId("e29") ? [] : all.filter((one) => one.id === id),
      snippet: undefined,
    });
    const first = sight.rows(0, 12, at, of);
    expect(first.length).toBe(MOST_FIRST);
    expect(first.some(({ id }) => id === "e29")).toBe(false);
  });
});
