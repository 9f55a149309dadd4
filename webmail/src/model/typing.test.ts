import { describe, expect, it } from "vitest";
import { Scene } from "../../test/bench";
import { PAUSE, Typing } from "./typing";

/** What was asked, and how each question is answered. */
function asking() {
  const scene = new Scene();
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const typing = new Typing(
    (text) => {
      asked.push(text);
      return new Promise<void>((resolve) => answers.push(resolve));
    },
    (run, ms) => scene.around.wake(ms, run),
  );
  const answered = async () => {
    answers.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { scene, asked, typing, answered };
}

describe("searching as one types", () => {
  it("waits for a pause before the first question", () => {
    const { scene, asked, typing } = asking();
    typing.typed("f");
    scene.pass(PAUSE - 1);
    typing.typed("fi");
    scene.pass(PAUSE - 1);
    expect(asked).toEqual([]);
    scene.pass(1);
    expect(asked).toEqual(["fi"]);
  });

  it("asks one at a time, and then only for the last", async () => {
    const { scene, asked, typing, answered } = asking();
    typing.typed("fi");
    scene.pass(PAUSE);
    for (const text of ["fie", "fiet", "fiets"]) {
      typing.typed(text);
      scene.pass(PAUSE);
    }
    expect(asked).toEqual(["fi"]);
    await answered();
    expect(asked).toEqual(["fi", "fiets"]);
    await answered();
    typing.typed("fiets r");
    scene.pass(PAUSE);
    expect(asked).toEqual(["fi", "fiets", "fiets r"]);
  });

  it("asks no more when it is stopped", async () => {
    const { scene, asked, typing, answered } = asking();
    typing.typed("fi");
    typing.stop();
    scene.pass(PAUSE);
    expect(asked).toEqual([]);
    typing.typed("fi");
    scene.pass(PAUSE);
    typing.typed("fie");
    typing.stop();
    await answered();
    expect(asked).toEqual(["fi"]);
  });

  it("takes nobody away from where he went meanwhile", async () => {
    const { scene, asked, typing, answered } = asking();
    typing.typed("fi");
    expect(typing.isElsewhere(null)).toBe(true);
    scene.pass(PAUSE);
    expect(asked).toEqual([]);
    typing.typed("fi");
    scene.pass(PAUSE);
    expect(typing.isElsewhere("fi")).toBe(false);
    typing.typed("fiets");
    expect(typing.isElsewhere("fi")).toBe(false);
    expect(typing.isElsewhere(null)).toBe(true);
    await answered();
    expect(asked).toEqual(["fi"]);
  });
});
