import { describe, expect, it } from "vitest";
import { Server } from "../../test/server/server";
import { Client } from "../jmap/client";
import type { Email } from "../jmap/mail";
import { EMAIL } from "../jmap/mail";
import { get } from "../jmap/methods";
import { MOST_FIRST, MOST_NEW, type Placed, RowWindow, type ShownRow } from "./row_window";

async function emails(count: number): Promise<readonly Email[]> {
  const server = new Server();
  for (let made = 0; made < count; made += 1) server.deliver({ id: `e${made}` });
  const client = await Client.begin(server);
  return (await client.call(get(EMAIL, client.accountId, null))).list;
}

/** A window on a list that somebody looks at. */
class Looking {
  readonly window = new RowWindow();
  constructor(readonly list: Email[]) {}

  /** Those in sight, as their elements stand in the document; `null` for elements that no row has. */
  look(from: number, to: number, rest = true, unknown: ReadonlySet<string> = new Set()): (ShownRow | null)[] {
    this.placed = this.window.rows(
      from,
      to,
      (index) => this.list[index]?.id,
      (id) => ({ id, emails: unknown.has(id) ? [] : this.list.filter((one) => one.id === id), snippet: undefined }),
      rest,
    );
    expect(new Set(this.slots).size).toBe(this.placed.length);
    return this.placed.map(({ row, isThere }) => (isThere ? row : null));
  }

  placed: readonly Placed[] = [];

  get slots(): number[] {
    return this.placed.map(({ row }) => row.slot);
  }

  /** Until there is no more to do; gives in how many frames. */
  settle(from: number, to: number): number {
    for (let frames = 1; ; frames += 1) {
      this.look(from, to);
      if (!this.window.cut) return frames;
    }
  }
}

async function looking(count: number): Promise<Looking> {
  return new Looking([...(await emails(count))]);
}

function indexes(rows: readonly (ShownRow | null)[]): (number | null)[] {
  return rows.map((row) => row?.index ?? null);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, place) => from + place);
}

describe("the rows in sight", () => {
  it("come a few at a time, from the top", async () => {
    const sight = await looking(40);
    expect(indexes(sight.look(0, 25))).toEqual(range(0, MOST_FIRST));
    expect(sight.window.cut).toBe(true);
    expect(sight.look(0, 25).length).toBe(MOST_FIRST + MOST_NEW);
    expect(sight.look(0, 25).length).toBe(MOST_FIRST + 2 * MOST_NEW);
    expect(sight.look(0, 25).length).toBe(25);
    expect(sight.window.cut).toBe(false);
  });

  it("stay the same objects while nothing of them changes", async () => {
    const sight = await looking(40);
    sight.look(0, 10);
    const before = sight.look(0, 10);
    const [first] = sight.list;
    if (first === undefined) throw new Error("a message");
    sight.list[0] = { ...first, keywords: new Set(["$seen"]) };
    const after = sight.look(2, 12);
    expect(indexes(after)).toEqual(range(2, 12));
    expect(after.slice(0, 8).every((row, place) => row === before[place + 2])).toBe(true);
    const back = sight.look(0, 10);
    expect(back[0]?.emails).toEqual([sight.list[0]]);
    expect(back[2]).toBe(before[2]);
  });

  it("keep their elements when they move, and leave them to others when they go", async () => {
    const sight = await looking(40);
    const before = sight.look(0, 8);
    sight.list.splice(1, 1, ...sight.list.splice(20, 1));
    const after = sight.look(0, 8);
    const slot = (rows: readonly (ShownRow | null)[], id: string | undefined) =>
      rows.find((row) => row?.id === id)?.slot;
    for (const row of after.filter((one) => before.some((was) => was?.id === one?.id)))
      expect(slot(after, row?.id)).toBe(slot(before, row?.id));
    // one that moved has the messages of before, so that they are not drawn anew
    sight.list.unshift(...sight.list.splice(30, 1));
    const moved = sight.look(0, 8);
    expect(moved[1]?.index).toBe(1);
    expect(moved[1]?.emails).toBe(after[0]?.emails);
    expect(indexes(moved)).toEqual(range(0, 8));
    expect(Math.max(...sight.slots)).toBe(7);
  });

  it("are not drawn where their messages are not known, and do not keep others from coming", async () => {
    const sight = await looking(30);
    const [first] = sight.list;
    const shown = sight.look(0, 12, true, new Set([first?.id ?? ""]));
    expect(indexes(shown)).toEqual(range(1, 1 + MOST_FIRST));
  });

  it("stay where they are in the document while one scrolls, and are put in order a few at a time when one rests", async () => {
    const sight = await looking(200);
    sight.settle(0, 20);
    const { slots } = sight;
    for (let from = 3; from <= 33; from += 3) sight.look(from, from + 20, false);
    expect(sight.slots).toEqual(slots);
    expect(indexes(sight.look(33, 53, false))).not.toEqual(range(33, 53));
    expect(sight.window.cut).toBe(false);
    expect(sight.settle(33, 53)).toBeGreaterThan(1);
    expect(indexes(sight.look(33, 53))).toEqual(range(33, 53));
    expect([...sight.slots].sort((a, b) => a - b)).toEqual(slots);
  });

  it.each([1, 4, 16, 19])("that went by %i are in order again after as few moves as that takes", async (by) => {
    const sight = await looking(200);
    sight.settle(0, 20);
    for (let from = 1; from <= by; from += 1) sight.look(from, from + 20, false);
    const frames = sight.settle(by, by + 20);
    expect(frames).toBe(Math.ceil(Math.min(by, 20 - by) / MOST_NEW));
    expect(indexes(sight.look(by, by + 20))).toEqual(range(by, by + 20));
  });

  it("keep elements for rows that are on their way, and none when all are there", async () => {
    const sight = await looking(200);
    sight.settle(0, 20);
    const unknown = new Set<string>(sight.list.slice(60).map(({ id }) => id));
    const away = sight.look(100, 120, false, unknown);
    expect(away).toEqual(Array.from({ length: 20 }, () => null));
    const come = sight.look(50, 70, false, unknown);
    expect(come.filter((row) => row !== null).length).toBe(MOST_FIRST);
    expect(Math.max(...sight.slots)).toBe(19);
    // what comes back finds its own
    const { slots } = sight;
    const back = sight.look(0, MOST_NEW, false, unknown).flatMap((row) => row ?? []);
    expect(indexes(back)).toEqual(range(0, MOST_NEW));
    expect(sight.slots).toEqual(slots);
    sight.settle(0, MOST_NEW);
    expect(indexes(sight.look(0, MOST_NEW))).toEqual(range(0, MOST_NEW));
  });

  it("are in order at once where somebody rests, whatever comes and goes", async () => {
    const sight = await looking(60);
    sight.settle(0, 20);
    let seed = 7;
    const random = (below: number) => {
      seed = (seed * 48271) % 2147483647;
      return seed % below;
    };
    for (let turn = 0; turn < 200; turn += 1) {
      const taken = sight.list.splice(random(sight.list.length), 1 + random(2));
      sight.list.splice(random(24), 0, ...taken);
      const rows = sight.look(0, 20);
      expect(rows.map((row) => row?.id)).toEqual(sight.list.slice(0, 20).map(({ id }) => id));
      expect(sight.window.cut).toBe(false);
    }
  });
});
