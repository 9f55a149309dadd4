import { describe, expect, it } from "vitest";
import { brandOf, type Head } from "./brand";

/** A head with these metas: selector and content. */
function head(metas: Record<string, string>): Head {
  return {
    querySelector: (selector) =>
      Object.hasOwn(metas, selector) ? { getAttribute: () => metas[selector] ?? null } : null,
  };
}
const NAME = 'meta[name="application-name"]';
const LOGO = 'meta[name="logo"]';
const LIGHT = 'meta[name="theme-color"][media="(prefers-color-scheme: light)"]';
const DARK = 'meta[name="theme-color"][media="(prefers-color-scheme: dark)"]';

describe("whose webmail it is", () => {
  it("is said in the page's head", () => {
    const said = { [NAME]: "Glasvezel", [LOGO]: "/brand/logo-0f.svg", [LIGHT]: "#0b57a4", [DARK]: "#8ab8ee" };
    expect(brandOf(head(said))).toEqual({
      name: "Glasvezel",
      logo: "/brand/logo-0f.svg",
      accent: { light: "#0b57a4", dark: "#8ab8ee" },
    });
  });

  it("is nobody's where nothing is said, or what cannot be", () => {
    const nobody = { name: null, logo: null, accent: null };
    expect(brandOf(head({}))).toEqual(nobody);
    expect(
      brandOf(head({ [NAME]: " ", [LOGO]: "https://evil.example/x.svg", [LIGHT]: "#0b57a4", [DARK]: "url(x)" })),
    ).toEqual(nobody);
  });
});
