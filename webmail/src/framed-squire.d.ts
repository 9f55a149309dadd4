/** Made by `framed_squire.ts`. */
declare module "framed-squire" {
  import type Squire from "squire-rte";

  export type { Squire };
  /** Squire for the document of this window. */
  export default function squireIn(window: Window & typeof globalThis): typeof Squire;
}
