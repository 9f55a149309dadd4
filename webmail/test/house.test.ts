/** The rules that hold the webmail up: layers, sizes, and what a page beside hostile mail must not do. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "../src");
/** From the ground up; a layer imports itself and those before it. `texts` stands beside all. */
const LAYERS = ["jmap", "model", "ui"];
const LINES = 400;
const COMPONENT_LINES = 200;

interface File {
  name: string;
  text: string;
}

const files: File[] = readdirSync(SOURCE, { recursive: true, encoding: "utf8" })
  .filter((name) => /\.(ts|svelte|css)$/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SOURCE, name), "utf8") }));
/** What is shipped, without its comments. */
const shipped = files
  .filter(({ name }) => !name.endsWith(".test.ts"))
  .map(({ name, text }) => ({ name, text: text.replace(/\/\*[\s\S]*?\*\/|\/\/ .*$/gm, "") }));

function layer(name: string): number {
  return LAYERS.indexOf(name.split("/")[0] ?? "");
}

/** Imports of a file that go up. */
function upward({ name, text }: File): string[] {
  const imports = [...text.matchAll(/from "(\.{1,2}\/[^"]+)"/g)].map((found) => found[1] ?? "");
  const targets = imports.map((target) => relative(SOURCE, join(SOURCE, dirname(name), target)));
  return targets.filter((target) => layer(name) >= 0 && layer(target) > layer(name));
}

describe("the house", () => {
  it("has files to look at", () => {
    expect(shipped.length).toBeGreaterThan(5);
  });

  it("knows an import that goes up", () => {
    const file = { name: "jmap/a.ts", text: 'import { b } from "../model/b";\nimport { c } from "./c";' };
    expect(upward(file)).toEqual(["model/b"]);
  });

  it.each(files)("$name imports only what lies below", (file) => {
    expect(upward(file)).toEqual([]);
  });

  it.each(files)("$name is one idea", ({ name, text }) => {
    const limit = name.endsWith(".svelte") ? COMPONENT_LINES : LINES;
    expect(text.split("\n").length).toBeLessThanOrEqual(limit);
  });

  it.each(shipped)("$name writes no markup from text and no style that a policy refuses", ({ text }) => {
    expect(text).not.toMatch(/\{@html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\sstyle="/);
  });

  it.each(shipped.filter(({ name }) => name !== "jmap/decode.ts"))("$name asserts no type", ({ name, text }) => {
    const code = (name.endsWith(".svelte") ? text.slice(0, text.indexOf("</script>")) : text).replace(
      /^\s*import .*$/gm,
      "",
    );
    expect(code).not.toMatch(/[)\w\]] as (?!const\b)[A-Z{(]|: any\b|<any>/);
  });
});
