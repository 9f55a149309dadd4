/** The editor of formatted text, in a frame of its own where no script runs. */
import squireIn, { type Squire } from "framed-squire";
import { signature } from "../model/rich";
import { Cleaner, type Pictures } from "./cleaner";
import { filesIn } from "./taken";

export type Format = "bold" | "italic" | "underline" | "bullets" | "numbers" | "quote" | "link";

/** Of which element in the path of the cursor a format is. */
const SIGNS: Readonly<Record<Format, RegExp>> = {
  bold: /(?:^|>)(?:B|STRONG)\b/,
  italic: /(?:^|>)(?:I|EM)\b/,
  underline: /(?:^|>)U\b/,
  bullets: /(?:^|>)UL\b/,
  numbers: /(?:^|>)OL\b/,
  quote: /(?:^|>)BLOCKQUOTE\b/,
  link: /(?:^|>)A\b/,
};

export interface Around extends Pictures {
  /** Something was written. */
  changed(): void;
  /** The cursor went into these formats. */
  formats(on: ReadonlySet<Format>): void;
  /** Files were pasted or dropped. */
  files(files: readonly File[]): void;
  pressed(event: KeyboardEvent): void;
}

export class Editor {
  readonly #squire: Squire;
  readonly #root: HTMLElement;
  readonly #cleaner: Cleaner;
  readonly #around: Around;

  constructor(frame: Window & typeof globalThis, name: string, around: Around) {
    const root = frame.document.querySelector("main");
    if (root === null) throw new Error("the frame has a place to write in");
    this.#root = root;
    this.#around = around;
    this.#cleaner = new Cleaner(frame, around);
    root.setAttribute("role", "textbox");
    root.setAttribute("aria-multiline", "true");
    root.setAttribute("aria-label", name);
    root.setAttribute("dir", "auto");
    const Editing = squireIn(frame);
    this.#squire = new Editing(root, {
      sanitizeToDOMFragment: (html) => this.#cleaner.enter(html),
      didError: (error) => {
        throw error;
      },
    });
    this.#squire.addEventListener("input", () => around.changed());
    this.#squire.addEventListener("pathChange", () => around.formats(this.#formats()));
    // who lets files go here attaches them, whatever the editor would make of it
    root.addEventListener("paste", (event) => this.#taken(event, event.clipboardData), true);
    root.addEventListener("drop", (event) => this.#taken(event, event.dataTransfer), true);
    root.addEventListener("keydown", (event) => around.pressed(event));
  }

  /** Shows a text, and in its place what was quoted. */
  show(html: string, quote: string | null): void {
    this.#squire.setHTML(html);
    if (quote !== null) {
      const clean = this.#cleaner.enter(quote);
      // the signature of somebody else is text as any other
      for (const signed of clean.querySelectorAll("[data-signature]")) signed.removeAttribute("data-signature");
      this.#root.querySelector("[data-quote]")?.replaceWith(clean);
    }
    this.#squire.moveCursorToStart();
  }

  /** The text as it is sent. */
  text(): string {
    return this.#cleaner.leave(this.#squire.getHTML());
  }

  focus(): void {
    this.#squire.focus();
  }

  format(format: Exclude<Format, "link">): void {
    this.#toggle(format);
    // of what is changed by its own methods the editor tells nobody
    this.#around.changed();
  }

  #toggle(format: Exclude<Format, "link">): void {
    const on = this.#formats().has(format);
    const squire = this.#squire;
    switch (format) {
      case "bold":
        return void (on ? squire.removeBold() : squire.bold());
      case "italic":
        return void (on ? squire.removeItalic() : squire.italic());
      case "underline":
        return void (on ? squire.removeUnderline() : squire.underline());
      case "bullets":
        return void (on ? squire.removeList() : squire.makeUnorderedList());
      case "numbers":
        return void (on ? squire.removeList() : squire.makeOrderedList());
      case "quote":
        return void (on ? squire.decreaseQuoteLevel() : squire.increaseQuoteLevel());
    }
  }

  clear(): void {
    this.#squire.removeAllFormatting();
    this.#around.changed();
  }

  /** Makes what is selected a link, or writes the address as one; without an address takes the link away. */
  link(href: string | null): void {
    if (href === null) this.#squire.removeLink();
    else this.#squire.makeLink(href);
    this.#around.changed();
  }

  insert(html: string): void {
    this.#squire.insertHTML(html);
    this.#around.changed();
  }

  picture(cid: string, name: string): void {
    const image = this.#root.ownerDocument.createElement("img");
    image.setAttribute("src", this.#around.address(cid) ?? "");
    image.setAttribute("data-cid", cid);
    image.setAttribute("alt", name);
    this.#squire.insertElement(image);
    this.#around.changed();
  }

  /** Another sender signs otherwise: the writer's own signature, not one in a quote. */
  sign(html: string): void {
    const own = [...this.#root.querySelectorAll("[data-signature]")].find((one) => one.closest("blockquote") === null);
    const next = this.#cleaner.enter(signature(html));
    if (own !== undefined) own.replaceWith(next);
    else this.#root.append(next);
    this.#around.changed();
  }

  destroy(): void {
    this.#squire.destroy();
  }

  #formats(): ReadonlySet<Format> {
    const path = this.#squire.getPath();
    const all: readonly Format[] = ["bold", "italic", "underline", "bullets", "numbers", "quote", "link"];
    if (path !== "(selection)") return new Set(all.filter((one) => SIGNS[one].test(path)));
    const tags = { bold: "B", italic: "I", underline: "U", link: "A" } as const;
    return new Set(
      (["bold", "italic", "underline", "link"] as const).filter((one) => this.#squire.hasFormat(tags[one])),
    );
  }

  #taken(event: Event, from: DataTransfer | null): void {
    const files = filesIn(from);
    if (files.length === 0) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#around.files(files);
  }
}
