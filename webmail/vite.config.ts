import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { compressed } from "./compressed.ts";
import { framedSquire } from "./framed_squire.ts";
import { serviceWorker } from "./service_worker.ts";

export default defineConfig({
  plugins: [svelte(), framedSquire(), serviceWorker(), compressed()],
  build: {
    // the page has one script; where a browser cannot load others ahead, they come when they are wanted
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // the page, and the empty document of the frame in which formatted messages are written
      input: ["index.html", "writing.html"],
      // of the framework's modules one does something when it is loaded: it says that it is there
      treeshake: {
        moduleSideEffects: [
          { test: /\/svelte\/src\/internal\/disclose-version/, sideEffects: true },
          { test: /\/svelte\/src\//, sideEffects: false },
        ],
      },
      output: {
        codeSplitting: {
          groups: [
            // all that the page begins with is one script and one style, also where parts that come later use it too
            { name: "first", tags: ["$initial"], test: /^(?!.*writing\.html)/, priority: 1 },
            // what only those share is one file, not one for each that shares it
            { name: "shared", minShareCount: 2 },
          ],
        },
      },
    },
  },
  test: { include: ["src/**/*.test.ts", "test/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
