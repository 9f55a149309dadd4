/** What bears a hash of its content in its name is compressed as well as can be, once, when it is built (RFC 7932): beside `x.js` lies
 * `x.js.br`, which the server sends to whoever takes it. */
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { Plugin } from "vite";

const brotli = promisify(brotliCompress);
const params = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
const PACKED = /^assets\/.*\.(js|css|svg)$/;

export function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    generateBundle: {
      order: "post",
      async handler(_, bundle) {
        const packing = Object.entries(bundle).map(async ([fileName, file]) => {
          if (!PACKED.test(fileName)) return;
          const content = Buffer.from(file.type === "chunk" ? file.code : file.source);
          const source = await brotli(content, { params });
          if (source.length < content.length) this.emitFile({ type: "asset", fileName: `${fileName}.br`, source });
        });
        await Promise.all(packing);
      },
    },
  };
}
