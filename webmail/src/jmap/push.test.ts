import { beforeEach, describe, expect, it } from "vitest";
import { Push, type Source } from "./push";

/** A clock that is moved by hand, and connections whose events the test makes. */
class Scene {
  now = 0;
  readonly opened: Line[] = [];
  #timers: { at: number; then: () => void }[] = [];
  chance = 0;

  readonly around = {
    open: (url: string) => {
      const line = new Line(url);
      this.opened.push(line);
      return line;
    },
    wake: (after: number, then: () => void) => {
      const timer = { at: this.now + after, then };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    },
    random: () => this.chance,
  };

  pass(time: number): void {
    const until = this.now + time;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.now = next.at;
      next.then();
    }
    this.now = until;
  }

  get last(): Line {
    const line = this.opened.at(-1);
    if (line === undefined) throw new Error("nothing was opened");
    return line;
  }
}

class Line implements Source {
  closed = false;
  readonly #listeners = new Map<string, (event: { data?: unknown }) => void>();
  constructor(readonly url: string) {}
  addEventListener(type: string, listener: (event: { data?: unknown }) => void): void {
    this.#listeners.set(type, listener);
  }
  close(): void {
    this.closed = true;
  }
  tell(type: string, data?: unknown): void {
    this.#listeners.get(type)?.({ data });
  }
}

describe("push", () => {
  let scene: Scene;
  let told: string[];
  let push: Push;
  beforeEach(() => {
    scene = new Scene();
    told = [];
    push = new Push(
      "/events",
      {
        changed: (changed) =>
          told.push(`changed ${[...changed].map(([account, types]) => `${account}:${[...types.keys()]}`)}`),
        connected: () => told.push("connected"),
        lost: () => told.push("lost"),
      },
      scene.around,
    );
    push.start();
  });

  it("tells what changed", () => {
    scene.last.tell("open");
    scene.last.tell("state", '{"@type":"StateChange","changed":{"a":{"Email":"7","Mailbox":"7"}}}');
    expect(told).toEqual(["connected", "changed a:Email,Mailbox"]);
  });

  it.each(["", "{", '{"@type":"StateChange"}', '{"@type":"StateChange","changed":{"a":{"Email":7}}}'])(
    "passes over %j",
    (data) => {
      scene.last.tell("state", data);
      expect(told).toEqual([]);
    },
  );

  it("waits longer after each failure, half of it by chance, and a minute at most", () => {
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure += 1) {
      const before = scene.now;
      const opened = scene.opened.length;
      scene.last.tell("error");
      while (scene.opened.length === opened) scene.pass(100);
      waits.push(scene.now - before);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    scene.chance = 0.999;
    scene.last.tell("error");
    const opened = scene.opened.length;
    scene.pass(59_900);
    expect(scene.opened.length).toBe(opened);
    scene.pass(100);
    expect(scene.opened.length).toBe(opened + 1);
  });

  it("begins with a short wait again once it was connected", () => {
    for (let failure = 0; failure < 5; failure += 1) {
      scene.last.tell("error");
      scene.pass(60_000);
    }
    scene.last.tell("open");
    scene.last.tell("error");
    const opened = scene.opened.length;
    scene.pass(500);
    expect(scene.opened.length).toBe(opened + 1);
  });

  it("takes silence for a dead connection", () => {
    scene.last.tell("open");
    scene.pass(70_000);
    scene.last.tell("ping");
    scene.pass(70_000);
    expect(told).toEqual(["connected"]);
    scene.pass(5_000);
    expect(told).toEqual(["connected", "lost"]);
    expect(scene.opened[0]?.closed).toBe(true);
  });

  it("hurries when the network is back, and has one connection at most", () => {
    scene.last.tell("error");
    push.hurry();
    push.hurry();
    expect(scene.opened.length).toBe(2);
    scene.pass(10_000);
    expect(scene.opened.length).toBe(2);
  });

  it("does not listen to a connection that it has closed", () => {
    const first = scene.last;
    first.tell("error");
    scene.pass(1000);
    first.tell("open");
    first.tell("state", '{"@type":"StateChange","changed":{"a":{"Email":"7"}}}');
    first.tell("error");
    expect(told).toEqual(["lost"]);
    expect(scene.last.closed).toBe(false);
  });

  it("stops for good", () => {
    push.stop();
    expect(scene.last.closed).toBe(true);
    push.hurry();
    scene.pass(1_000_000);
    expect(scene.opened.length).toBe(1);
  });
});
