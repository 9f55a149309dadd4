import { describe, expect, it } from "vitest";
import { unsubscribing } from "./unsubscribe";

describe("the way off a list", () => {
  it.each([
    [["https://list.example/off?a=b"], { kind: "page", url: "https://list.example/off?a=b", host: "list.example" }],
    [
      ["mailto:off@list.example?subject=weg%20ermee&body=x%0D%0Ay"],
      { kind: "letter", to: "off@list.example", subject: "weg ermee", text: "x\ny" },
    ],
    [
      ["ftp://list.example", "http://list.example/off", "mailto:off@list.example"],
      { kind: "letter", to: "off@list.example", subject: "", text: "" },
    ],
  ])("%j", (ways, way) => {
    expect(unsubscribing(ways)).toEqual(way);
  });

  it.each([
    [null],
    [[]],
    [["javascript:alert(1)", "data:text/html,x", "http://list.example", "//list.example", ""]],
    [["https://bank.example@evil.example/"]],
    [["mailto:a@b.example,c@d.example"]],
    [[`https://list.example/${"x".repeat(3_000)}`]],
    [[...Array.from({ length: 10 }, () => "x"), "https://list.example/"]],
  ])("is none in %.60j", (ways) => {
    expect(unsubscribing(ways)).toBeNull();
  });
});
