import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bench } from "../../test/bench";
import type { Account } from "../model/account";
import { saveFile, saveFromServer } from "./saving";

const OFFLINE = { kind: "offline" } as const;

describe("a link that saves a file", () => {
  let account: Account;
  let saved: string[];

  beforeEach(async () => {
    ({ account } = await bench());
    saved = [];
    const link = { href: "", download: "", click: () => void saved.push(`${link.download} ${link.href}`) };
    vi.stubGlobal("document", { createElement: () => link });
    vi.stubGlobal("navigator", { onLine: true });
    vi.stubGlobal("URL", { createObjectURL: ({ size }: Blob) => `blob:${size}`, revokeObjectURL: () => {} });
  });
  afterEach(() => void vi.unstubAllGlobals());

  function click() {
    const preventDefault = vi.fn();
    const event = { preventDefault, currentTarget: { href: "/jmap/download/a1/b1/a.txt", download: "a.txt" } };
    return { event: event as never, preventDefault };
  }

  it("is the browser's while there is a connection", async () => {
    const { event, preventDefault } = click();
    await saveFile(event, account);
    saveFromServer(event, account);
    expect(preventDefault).not.toHaveBeenCalled();
  });

  it("says without one that there is none", () => {
    account.line.set({ kind: "broken", cause: OFFLINE });
    const { event, preventDefault } = click();
    saveFromServer(event, account);
    expect(preventDefault).toHaveBeenCalled();
    expect(account.notice.value).toEqual({ kind: "refused", problem: OFFLINE });
  });

  it("gives without one what the browser keeps, and says of all else that there is none", async () => {
    vi.stubGlobal("navigator", { onLine: false });
    vi.stubGlobal("fetch", async () => new Response("Dag."));
    await saveFile(click().event, account);
    expect([saved, account.notice.value]).toEqual([["a.txt blob:4"], null]);
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
    await saveFile(click().event, account);
    expect(saved).toHaveLength(1);
    expect(account.notice.value).toEqual({ kind: "refused", problem: OFFLINE });
  });
});
