/** Squire for another document than the page's. It is written for the document that it is loaded into; here that is a frame in
 * which no script may run, so the editor stays outside, and what it calls `document`, `window` and the classes of nodes
 * are bound to the frame that it is given. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const NAME = "framed-squire";
const RESOLVED = `\0${NAME}`;
const EXPORT = /export \{\s*Squire_default as default\s*\};/;

export function framed(source: string): string {
  if (!EXPORT.test(source)) throw new Error("Squire does not end as it did: see framed_squire.ts");
  const classes = [...new Set([...source.matchAll(/instanceof ([A-Z]\w+)/g)].map((found) => found[1] ?? ""))];
  const bound = classes.filter((name) => name !== "Array" && name !== "Error");
  return [
    "const outside = globalThis;",
    "export default function (window) {",
    "  const document = window.document;",
    "  const either = (name) => ({",
    "    [Symbol.hasInstance]: (value) => value instanceof window[name] || value instanceof outside[name],",
    "  });",
    ...bound.map((name) => `  const ${name} = either("${name}");`),
    source.replace(EXPORT, "return Squire_default;"),
    "}",
  ].join("\n");
}

export function framedSquire(): Plugin {
  return {
    name: NAME,
    resolveId: (id) => (id === NAME ? RESOLVED : null),
    load(id) {
      if (id !== RESOLVED) return null;
      const main = createRequire(import.meta.url).resolve("squire-rte");
      return framed(readFileSync(join(dirname(main), "squire-raw.mjs"), "utf8"));
    },
  };
}
