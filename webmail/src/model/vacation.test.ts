import { afterEach, describe, expect, it, vi } from "vitest";
import { bench, settled } from "../../test/bench";
import { type Away, dayOf, followAway, setVacation, vacation } from "./vacation";

const DAY = 24 * 3_600_000;

describe("that mail is answered automatically", () => {
  afterEach(() => void vi.useRealTimers());

  async function followed() {
    const { account, server, scene } = await bench();
    let given: Away | null = null;
    const end = followAway(account, (now) => (given = now));
    const set = async (change: Partial<Away>) => {
      const before = await vacation(account.client);
      await setVacation(account.client, { ...before, isEnabled: true, text: "Ik ben er niet.", ...change }, before);
      scene.push("state", '{"@type":"StateChange","changed":{"a1":{"VacationResponse":"?"}}}');
      await settled(server);
    };
    await settled(server);
    return { server, scene, set, end, given: () => given };
  }

  it("is told as soon as it is, and no more when it ends", async () => {
    const { set, end, given } = await followed();
    expect(given()).toBeNull();
    await set({});
    expect(given()).toMatchObject({ isEnabled: true, until: "" });
    await set({ isEnabled: false });
    expect(given()).toBeNull();
    end();
    await set({});
    expect(given()).toBeNull();
  });

  it("is told from its first day to the end of its last, as long as the page stays open", async () => {
    const { scene, set, given } = await followed();
    const noon = new Date().setHours(12, 0, 0, 0);
    vi.useFakeTimers({ toFake: ["Date"], now: noon });
    await set({ from: dayOf(noon + DAY), until: dayOf(noon + DAY) });
    expect(given()).toBeNull();
    vi.setSystemTime(noon + DAY);
    scene.pass(DAY);
    expect(given()).toMatchObject({ until: dayOf(noon + DAY) });
    vi.setSystemTime(noon + 2 * DAY);
    scene.pass(DAY);
    expect(given()).toBeNull();
  });

  it("is asked anew where it may have changed unheard", async () => {
    const { server, scene, given } = await followed();
    server.fault = { kind: "offline" };
    scene.changed();
    await settled(server);
    server.records.vacation = { ...server.records.vacation, isEnabled: true };
    server.fault = null;
    scene.push("open");
    await settled(server);
    expect(given()).not.toBeNull();
  });
});
