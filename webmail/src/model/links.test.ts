import { describe, expect, it } from "vitest";
import { deception, readable, target } from "./links";

describe("a link", () => {
  it.each([
    ["https://bank.example/login", "https://evil.example/", "evil.example"],
    ["bank.example", "http://bank.example.evil.test/", "bank.example.evil.test"],
    ["www.bank.nl", "https://bank.nl.evil.example/", "bank.nl.evil.example"],
    [" BANK.example ", "https://xn--bnk-ula.example/", "xn--bnk-ula.example"],
    ["service@bank.example", "mailto:service@evil.example", "evil.example"],
    ["example.com", "https://xn--e1afmkfd.com/", "xn--e1afmkfd.com"],
    ["bank.co.uk", "https://evil.co.uk/", "evil.co.uk"],
  ])("that says %s and leads to %s is marked", (text, href, leads) => {
    expect(deception(text, href)).toEqual({ says: text.trim(), leads });
  });

  it.each([
    ["bank.example", "https://www.bank.example/x"],
    ["https://www.bank.nl", "https://bank.nl/"],
    ["ing.nl", "https://www.ing.nl/x"],
    ["Lees verder", "https://evil.example/"],
    ["Zie bank.example voor meer", "https://evil.example/"],
    ["x@y.example", "mailto:x@y.example"],
    ["12.50", "https://evil.example/"],
    ["bank.example", "javascript:x"],
    ["", "https://evil.example/"],
  ])("that says %s and leads to %s is not", (text, href) => {
    expect(deception(text, href)).toBeNull();
  });

  it("leads to a host or an address", () => {
    expect(target("https://a.example/x?y")).toBe("a.example");
    expect(target("mailto:x%40y@z.example?subject=x")).toBe("x@y@z.example");
    expect(target("javascript:x")).toBeNull();
    expect(target("x")).toBeNull();
  });
});

describe("an address", () => {
  it.each([
    ["jan@example.com", "jan@example.com"],
    ["jan@münchen.example", "jan@münchen.example"],
    ["service@ехаmple.com", "service@xn--mple-43d3a6i.com"],
    ["service@раура.example", "service@xn--80aa0cbo.example"],
    ["no address", "no address"],
  ])("%s is shown as %s", (email, shown) => {
    expect(readable(email)).toBe(shown);
  });
});
