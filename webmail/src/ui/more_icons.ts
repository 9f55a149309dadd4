/** The signs of what is opened from the list, is written, or has a place of its own: whoever draws one of them imports this. */

import replyAll from "@phosphor-icons/core/assets/regular/arrow-bend-double-up-left.svg?raw";
import back from "@phosphor-icons/core/assets/regular/arrow-left.svg?raw";
import download from "@phosphor-icons/core/assets/regular/download-simple.svg?raw";
import eraser from "@phosphor-icons/core/assets/regular/eraser.svg?raw";
import link from "@phosphor-icons/core/assets/regular/link.svg?raw";
import bullets from "@phosphor-icons/core/assets/regular/list-bullets.svg?raw";
import numbers from "@phosphor-icons/core/assets/regular/list-numbers.svg?raw";
import print from "@phosphor-icons/core/assets/regular/printer.svg?raw";
import quote from "@phosphor-icons/core/assets/regular/quotes.svg?raw";
import options from "@phosphor-icons/core/assets/regular/sliders-horizontal.svg?raw";
import bold from "@phosphor-icons/core/assets/regular/text-b.svg?raw";
import italic from "@phosphor-icons/core/assets/regular/text-italic.svg?raw";
import underline from "@phosphor-icons/core/assets/regular/text-underline.svg?raw";
import upload from "@phosphor-icons/core/assets/regular/upload-simple.svg?raw";
import people from "@phosphor-icons/core/assets/regular/users-three.svg?raw";
import { add } from "./icons";

const more = {
  back,
  bold,
  bullets,
  download,
  eraser,
  italic,
  link,
  numbers,
  options,
  people,
  print,
  quote,
  replyAll,
  underline,
  upload,
};

export type MoreIcons = keyof typeof more;

add(more);
