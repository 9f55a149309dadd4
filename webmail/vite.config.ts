import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { framedSquire } from "./framed_squire.ts";

export default defineConfig({
  plugins: [svelte(), framedSquire()],
  // the page, and the empty document of the frame in which formatted messages are written
  build: {
    rolldownOptions: {
      input: ["index.html", "writing.html"],
      // what the page shares with what is fetched later is one file, not one for each that shares it
      output: { codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] } },
    },
  },
  test: { include: ["src/**/*.test.ts", "test/**/*.test.ts"], environment: "node", testTimeout: 60_000 },
});
