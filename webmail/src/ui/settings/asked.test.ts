import { describe, expect, it } from "vitest";
import { Failure } from "../../jmap/problem";
import { Asked } from "./asked.svelte";

describe("what a section asks for", () => {
  it("is asked for again after a failure, which is forgotten then", async () => {
    const answers = [() => Promise.reject(new Failure({ kind: "offline" })), async () => "there"];
    const come: string[] = [];
    const asked = new Asked<string>(
      () => answers.shift()?.() ?? Promise.reject(new Failure({ kind: "offline" })),
      (value) => come.push(value),
    );
    await Promise.resolve();
    await Promise.resolve();
    expect([asked.value, asked.problem]).toEqual([null, { kind: "offline" }]);
    await asked.load();
    expect([asked.value, asked.problem, come]).toEqual(["there", null, ["there"]]);
    await asked.load();
    expect([asked.value, asked.problem]).toEqual(["there", { kind: "offline" }]);
  });

  it("is the answer to the last question, whichever comes last", async () => {
    const open: ((value: string) => void)[] = [];
    const asked = new Asked<string>(() => new Promise((resolve) => open.push(resolve)));
    const second = asked.load();
    open[1]?.("second");
    await second;
    open[0]?.("first");
    await Promise.resolve();
    expect(asked.value).toBe("second");
  });
});
