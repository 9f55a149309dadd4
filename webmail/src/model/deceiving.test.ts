import { describe, expect, it } from "vitest";
import { deceives } from "./deceiving";

describe("a sender", () => {
  it.each([
    ["service@bank.example", "x@evil.example"],
    ["x@evil.example service@bank.example", "x@evil.example"],
    ["service@bank.example x@evil.example", "x@evil.example"],
    ["service＠bank.example", "x@evil.example"],
    ["ｓｅｒｖｉｃｅ@bank．example", "x@evil.example"],
    ["serv\u200bice@\u202dbank.example", "x@evil.example"],
    ["<service@bank.example>", "x@evil.example"],
    ["service@bänk.example", "x@evil.example"],
    ["x@evil.example.bank.example", "x@evil.example"],
  ])("named %j with the address %s deceives", (name, email) => {
    expect(deceives({ name, email })).toBe(true);
  });

  it.each([
    ["X@there.example", "x@there.example"],
    ["Bram (bram@there.example)", "bram@there.example"],
    ["a@bücher.example", "a@xn--bcher-kva.example"],
    ["Bram @ werk", "bram@there.example"],
    ["Bram", "bram@there.example"],
    ["@bram", "bram@there.example"],
    [null, "bram@there.example"],
  ])("named %j with the address %s does not", (name, email) => {
    expect(deceives({ name, email })).toBe(false);
  });

  it("with a long name is judged at once", () => {
    const began = performance.now();
    expect(deceives({ name: "a.a".repeat(200_000), email: "x@evil.example" })).toBe(false);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
