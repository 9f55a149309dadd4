import { describe, expect, it } from "vitest";
import { Part } from "./fetched";

describe("a part that comes when it is wanted", () => {
  it("is made once, for all who want it", async () => {
    let made = 0;
    const part = new Part(async () => {
      made += 1;
      return { made };
    });
    expect([part.isWanted, part.here.value]).toEqual([false, null]);
    const [one, other] = await Promise.all([part.want(), part.want()]);
    expect(other).toBe(one);
    expect(part.here.value).toBe(one);
    expect(made).toBe(1);
  });

  it("says that there is no connection where it cannot be had, and is asked for again", async () => {
    const answers = [Promise.reject(new TypeError("Failed to fetch")), Promise.resolve("here")];
    const part = new Part(async () => answers.shift() ?? "");
    await expect(part.want()).rejects.toMatchObject({ problem: { kind: "offline" } });
    expect([part.isWanted, part.here.value]).toEqual([true, null]);
    expect(await part.want()).toBe("here");
    expect(part.here.value).toBe("here");
  });
});
