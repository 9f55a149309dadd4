import { describe, expect, it } from "vitest";
import { firstBytes, isThere } from "./piece";

const open = new AbortController().signal;

/** Answers with so many octets in pieces of 1,000, and counts those that were taken. */
function source(size: number, status = 200) {
  const taken = { size: 0 };
  const fetching = async () => {
    const stream = new ReadableStream<Uint8Array>(
      {
        pull(to) {
          const piece = Math.min(1000, size - taken.size);
          if (piece === 0) return to.close();
          taken.size += piece;
          to.enqueue(new Uint8Array(piece).fill(7));
        },
      },
      { highWaterMark: 0 },
    );
    return new Response(stream, { status });
  };
  return { taken, fetching };
}

describe("the beginning of a blob", () => {
  it.each([
    [0, 0, false],
    [2_500, 2_500, false],
    [5_000, 5_000, false],
    [5_001, 5_000, true],
    [1_000_000, 5_000, true],
  ])("of %i octets is %i", async (size, expected, isCut) => {
    const { taken, fetching } = source(size);
    const piece = await firstBytes("/x", 5_000, open, fetching);
    expect([piece.bytes.length, piece.isCut]).toEqual([expected, isCut]);
    expect(piece.bytes.every((byte) => byte === 7)).toBe(true);
    expect(taken.size).toBeLessThan(8_000);
  });

  it("is a problem where there is none, or no network", async () => {
    await expect(firstBytes("/x", 10, open, source(5, 404).fetching)).rejects.toMatchObject({
      problem: { kind: "server", status: 404 },
    });
    const broken = () => Promise.reject(new TypeError("broken"));
    await expect(firstBytes("/x", 10, open, broken)).rejects.toMatchObject({ problem: { kind: "offline" } });
    await expect(isThere("/x", open, broken)).rejects.toMatchObject({ problem: { kind: "offline" } });
  });
});

describe("whether something is there", () => {
  it.each([
    [200, true],
    [415, false],
  ])("%i says %s", async (status, expected) => {
    expect(await isThere("/x", open, async () => new Response(null, { status }))).toBe(expected);
  });

  it("is not known of a server that says something else", async () => {
    const gone = async () => new Response(null, { status: 401 });
    await expect(isThere("/x", open, gone)).rejects.toMatchObject({ problem: { kind: "signed-out" } });
  });
});
