/** The signs that are used, from Phosphor (MIT), as paths: drawn in place, so that no file is fetched for them. Here are those of the
 * list and what stands about it; `more_icons.ts` has those of places whose script comes later. */

import starred from "@phosphor-icons/core/assets/fill/star-fill.svg?raw";
import contacts from "@phosphor-icons/core/assets/regular/address-book.svg?raw";
import archive from "@phosphor-icons/core/assets/regular/archive.svg?raw";
import reply from "@phosphor-icons/core/assets/regular/arrow-bend-up-left.svg?raw";
import forward from "@phosphor-icons/core/assets/regular/arrow-bend-up-right.svg?raw";
import bookmark from "@phosphor-icons/core/assets/regular/bookmark-simple.svg?raw";
import caret from "@phosphor-icons/core/assets/regular/caret-down.svg?raw";
import check from "@phosphor-icons/core/assets/regular/check.svg?raw";
import clock from "@phosphor-icons/core/assets/regular/clock.svg?raw";
import more from "@phosphor-icons/core/assets/regular/dots-three.svg?raw";
import unread from "@phosphor-icons/core/assets/regular/envelope-simple.svg?raw";
import read from "@phosphor-icons/core/assets/regular/envelope-simple-open.svg?raw";
import folder from "@phosphor-icons/core/assets/regular/folder-simple.svg?raw";
import settings from "@phosphor-icons/core/assets/regular/gear.svg?raw";
import keyboard from "@phosphor-icons/core/assets/regular/keyboard.svg?raw";
import menu from "@phosphor-icons/core/assets/regular/list.svg?raw";
import search from "@phosphor-icons/core/assets/regular/magnifying-glass.svg?raw";
import drafts from "@phosphor-icons/core/assets/regular/note-pencil.svg?raw";
import send from "@phosphor-icons/core/assets/regular/paper-plane-tilt.svg?raw";
import attach from "@phosphor-icons/core/assets/regular/paperclip.svg?raw";
import write from "@phosphor-icons/core/assets/regular/pencil-simple.svg?raw";
import plus from "@phosphor-icons/core/assets/regular/plus.svg?raw";
import logout from "@phosphor-icons/core/assets/regular/sign-out.svg?raw";
import star from "@phosphor-icons/core/assets/regular/star.svg?raw";
import label from "@phosphor-icons/core/assets/regular/tag.svg?raw";
import trash from "@phosphor-icons/core/assets/regular/trash.svg?raw";
import inbox from "@phosphor-icons/core/assets/regular/tray.svg?raw";
import junk from "@phosphor-icons/core/assets/regular/warning-octagon.svg?raw";
import close from "@phosphor-icons/core/assets/regular/x.svg?raw";
import type { MoreIcons } from "./more_icons";

const first = {
  archive,
  attach,
  bookmark,
  caret,
  check,
  clock,
  close,
  contacts,
  drafts,
  folder,
  forward,
  inbox,
  junk,
  keyboard,
  label,
  logout,
  menu,
  more,
  plus,
  read,
  reply,
  search,
  send,
  settings,
  star,
  starred,
  trash,
  unread,
  write,
};

export type IconName = keyof typeof first | MoreIcons;

/** The path in an icon's file, in its square of 256. */
function pathIn(source: string): string {
  return /\sd="([^"]+)"/.exec(source)?.[1] ?? "";
}

const paths = new Map<string, string>();

/** These can be drawn from now on. */
export function add(icons: Readonly<Record<string, string>>): void {
  for (const [name, source] of Object.entries(icons)) paths.set(name, pathIn(source));
}

add(first);

export function path(name: IconName): string {
  return paths.get(name) ?? "";
}
