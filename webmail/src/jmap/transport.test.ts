import { describe, expect, it } from "vitest";
import { Failure, type Problem, passes, problemOf } from "./problem";
import { browser, refusal } from "./transport";

describe("what an answer means", () => {
  it.each<[number, string | null, string, Problem]>([
    [401, null, "", { kind: "signed-out" }],
    [403, null, "", { kind: "forbidden" }],
    [413, null, "", { kind: "too-large", limit: null }],
    [429, "120", "", { kind: "slow-down", seconds: 120 }],
    [429, "Mon, 30 Nov 2026 04:00:00 GMT", "", { kind: "slow-down", seconds: null }],
    [
      400,
      null,
      '{"type":"urn:ietf:params:jmap:error:limit","detail":"calls"}',
      { kind: "refused-request", type: "urn:ietf:params:jmap:error:limit", detail: "calls" },
    ],
    [400, null, "<html>", { kind: "server", status: 400 }],
    [503, null, '{"type":"about:blank"}', { kind: "server", status: 503 }],
  ])("%i, Retry-After %s, %s", (status, retryAfter, body, expected) => {
    expect(refusal(status, retryAfter, body)).toEqual(expected);
  });

  it.each<[Problem, boolean]>([
    [{ kind: "offline" }, true],
    [{ kind: "server", status: 503 }, true],
    [{ kind: "slow-down", seconds: null }, true],
    [{ kind: "refused-method", method: "Email/set", type: "serverUnavailable", detail: "" }, true],
    [{ kind: "refused-method", method: "Email/set", type: "invalidArguments", detail: "" }, false],
    [{ kind: "signed-out" }, false],
    [{ kind: "forbidden" }, false],
    [{ kind: "too-large", limit: 1 }, false],
    [{ kind: "refused-request", type: "limit", detail: "" }, false],
    [{ kind: "refused-record", type: "overQuota", detail: "", properties: [] }, false],
    [{ kind: "malformed", where: "x" }, false],
  ])("%j passes by itself: %s", (problem, expected) => {
    expect(passes(problem)).toBe(expected);
  });

  it("passes faults of the program on", () => {
    expect(() => problemOf(new TypeError("a fault"))).toThrow(TypeError);
  });
});

describe("the browser's transport", () => {
  it("sends the cookie to its own host alone, and follows no redirect", async () => {
    const asked: RequestInit[] = [];
    const transport = browser(async (_, init) => {
      asked.push(init ?? {});
      return new Response('{"a":1}');
    });
    expect(await transport.ask({ method: "POST", url: "/jmap", body: { b: 2 } })).toEqual({ a: 1 });
    expect(asked[0]).toMatchObject({
      method: "POST",
      body: '{"b":2}',
      credentials: "same-origin",
      redirect: "error",
      headers: { "Content-Type": "application/json" },
    });
  });

  it("says that no answer came", async () => {
    const transport = browser(() => Promise.reject(new TypeError("no network")));
    await expect(transport.ask({ method: "GET", url: "/" })).rejects.toMatchObject({ problem: { kind: "offline" } });
  });

  it("says that the asker gave up as the asker said it", async () => {
    const control = new AbortController();
    const transport = browser((_, init) => Promise.reject(init?.signal?.reason));
    control.abort(new Error("enough"));
    const asking = transport.ask({ method: "GET", url: "/", signal: control.signal });
    await expect(asking).rejects.toThrow("enough");
    await expect(asking).rejects.not.toBeInstanceOf(Failure);
  });
});
