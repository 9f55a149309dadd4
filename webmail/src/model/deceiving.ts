/** Whether who sent a message seems to be somebody else. */
import type { Address } from "../jmap/mail";
import { same, visible } from "./addresses";
import { ascii, looksLikeAnother } from "./hosts";

/** As much as an address may have before and behind its `@`, and more (RFC 5321, 4.5.3.1). */
const BEFORE = 64;
const BEHIND = 255;

/** The addresses in a text, however their letters are written: `＠` is read as `@` too. */
function addressesIn(text: string): readonly string[] {
  const parts = text.normalize("NFKC").split("@");
  return parts.slice(1).flatMap((behind, index) => {
    const local = /[\p{L}\p{M}\p{N}_.+-]+$/u.exec((parts[index] ?? "").slice(-BEFORE));
    const domain = /^[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)+/u.exec(behind.slice(0, BEHIND));
    return local === null || domain === null ? [] : [`${local[0]}@${domain[0]}`];
  });
}

/** An address as the network has it. */
function onNetwork(email: string): string {
  const at = email.lastIndexOf("@");
  return `${email.slice(0, at + 1)}${ascii(email.slice(at + 1)) ?? email.slice(at + 1)}`;
}

/** Whether the name shows another address than the one the message came from. */
export function deceives({ name, email }: Address): boolean {
  return addressesIn(visible(name)).some((one) => !same(onNetwork(one), onNetwork(email)));
}

/** Whether the host in the address can be read as another one. */
export function isAlike({ email }: Address): boolean {
  return looksLikeAnother(email.slice(email.lastIndexOf("@") + 1));
}
