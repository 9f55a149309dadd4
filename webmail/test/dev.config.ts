import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";
import { framedSquire } from "../framed_squire.ts";
import { scripted } from "./scripted";

export default defineConfig({ plugins: [svelte(), framedSquire(), scripted()] });
