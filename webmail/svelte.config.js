import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

/** Only types are taken out of components; styles are plain CSS. */
export default { preprocess: vitePreprocess({ style: false }) };
