/** The signs that are used, from Phosphor (MIT), as paths: drawn in place, so that no file is fetched for them. */

import starred from "@phosphor-icons/core/assets/fill/star-fill.svg?raw";
import contacts from "@phosphor-icons/core/assets/regular/address-book.svg?raw";
import archive from "@phosphor-icons/core/assets/regular/archive.svg?raw";
import replyAll from "@phosphor-icons/core/assets/regular/arrow-bend-double-up-left.svg?raw";
import reply from "@phosphor-icons/core/assets/regular/arrow-bend-up-left.svg?raw";
import forward from "@phosphor-icons/core/assets/regular/arrow-bend-up-right.svg?raw";
import back from "@phosphor-icons/core/assets/regular/arrow-left.svg?raw";
import bookmark from "@phosphor-icons/core/assets/regular/bookmark-simple.svg?raw";
import caret from "@phosphor-icons/core/assets/regular/caret-down.svg?raw";
import check from "@phosphor-icons/core/assets/regular/check.svg?raw";
import clock from "@phosphor-icons/core/assets/regular/clock.svg?raw";
import more from "@phosphor-icons/core/assets/regular/dots-three.svg?raw";
import download from "@phosphor-icons/core/assets/regular/download-simple.svg?raw";
import unread from "@phosphor-icons/core/assets/regular/envelope-simple.svg?raw";
import read from "@phosphor-icons/core/assets/regular/envelope-simple-open.svg?raw";
import eraser from "@phosphor-icons/core/assets/regular/eraser.svg?raw";
import folder from "@phosphor-icons/core/assets/regular/folder-simple.svg?raw";
import settings from "@phosphor-icons/core/assets/regular/gear.svg?raw";
import keyboard from "@phosphor-icons/core/assets/regular/keyboard.svg?raw";
import link from "@phosphor-icons/core/assets/regular/link.svg?raw";
import menu from "@phosphor-icons/core/assets/regular/list.svg?raw";
import bullets from "@phosphor-icons/core/assets/regular/list-bullets.svg?raw";
import numbers from "@phosphor-icons/core/assets/regular/list-numbers.svg?raw";
import search from "@phosphor-icons/core/assets/regular/magnifying-glass.svg?raw";
import drafts from "@phosphor-icons/core/assets/regular/note-pencil.svg?raw";
import send from "@phosphor-icons/core/assets/regular/paper-plane-tilt.svg?raw";
import attach from "@phosphor-icons/core/assets/regular/paperclip.svg?raw";
import write from "@phosphor-icons/core/assets/regular/pencil-simple.svg?raw";
import plus from "@phosphor-icons/core/assets/regular/plus.svg?raw";
import print from "@phosphor-icons/core/assets/regular/printer.svg?raw";
import quote from "@phosphor-icons/core/assets/regular/quotes.svg?raw";
import logout from "@phosphor-icons/core/assets/regular/sign-out.svg?raw";
import options from "@phosphor-icons/core/assets/regular/sliders-horizontal.svg?raw";
import star from "@phosphor-icons/core/assets/regular/star.svg?raw";
import label from "@phosphor-icons/core/assets/regular/tag.svg?raw";
import bold from "@phosphor-icons/core/assets/regular/text-b.svg?raw";
import italic from "@phosphor-icons/core/assets/regular/text-italic.svg?raw";
import underline from "@phosphor-icons/core/assets/regular/text-underline.svg?raw";
import trash from "@phosphor-icons/core/assets/regular/trash.svg?raw";
import inbox from "@phosphor-icons/core/assets/regular/tray.svg?raw";
import upload from "@phosphor-icons/core/assets/regular/upload-simple.svg?raw";
import people from "@phosphor-icons/core/assets/regular/users-three.svg?raw";
import junk from "@phosphor-icons/core/assets/regular/warning-octagon.svg?raw";
import close from "@phosphor-icons/core/assets/regular/x.svg?raw";

const sources = {
  archive,
  attach,
  back,
  bold,
  bookmark,
  bullets,
  caret,
  check,
  clock,
  close,
  contacts,
  download,
  drafts,
  eraser,
  folder,
  forward,
  inbox,
  italic,
  junk,
  keyboard,
  label,
  link,
  logout,
  menu,
  more,
  people,
  numbers,
  options,
  plus,
  print,
  quote,
  read,
  reply,
  replyAll,
  search,
  send,
  settings,
  star,
  starred,
  trash,
  underline,
  unread,
  upload,
  write,
};

export type IconName = keyof typeof sources;

/** The path of an icon's file, in its square of 256. */
export function path(name: IconName): string {
  return /\sd="([^"]+)"/.exec(sources[name])?.[1] ?? "";
}
