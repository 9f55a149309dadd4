import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { scripted } from "./scripted";

export default defineConfig({ plugins: [svelte(), scripted()] });
