/** What makes the page a program of its own: the worker that keeps it in the browser, one file under a name that stays, which names
 * the files of its release; and the manifest with its icons and what a page asks first, as they stand in a folder. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { build, type Plugin } from "vite";

const ENTRY = "src/worker/worker.ts";
const OUTPUT = "worker.js";
const INSTALLED = "install";

/** What a worker keeps: what bears a hash of its content in its name. */
export function filesOf(names: readonly string[]): readonly string[] {
  return names
    .filter((name) => name.startsWith("assets/"))
    .map((name) => `/${name}`)
    .sort();
}

/** Other files are another release. */
export function releaseOf(files: readonly string[]): string {
  return createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 16);
}

async function script(root: string, files: readonly string[]): Promise<string> {
  const define = { FILES: JSON.stringify(files), RELEASE: JSON.stringify(releaseOf(files)) };
  const output = { format: "iife", entryFileNames: OUTPUT } as const;
  const built = await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: "warn",
    define,
    build: { write: false, modulePreload: false, rolldownOptions: { input: ENTRY, output } },
  });
  const outputs = Array.isArray(built) ? built.flatMap((one) => one.output) : "output" in built ? built.output : [];
  const [only, ...others] = outputs;
  if (only?.type !== "chunk" || others.length > 0) throw new Error("the worker is one script");
  return only.code;
}

export function serviceWorker(): Plugin {
  let root = "";
  return {
    name: "service-worker",
    apply: "build",
    configResolved(config) {
      root = config.root;
    },
    generateBundle: {
      order: "post",
      async handler(_, bundle) {
        const source = await script(root, filesOf(Object.keys(bundle)));
        this.emitFile({ type: "asset", fileName: OUTPUT, source });
        const folder = join(root, INSTALLED);
        for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
          if (!entry.isFile()) continue;
          const path = join(entry.parentPath, entry.name);
          this.emitFile({ type: "asset", fileName: path.slice(folder.length + 1), source: readFileSync(path) });
        }
      },
    },
  };
}
