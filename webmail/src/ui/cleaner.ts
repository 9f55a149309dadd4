/** What enters a message that is being written, and what leaves it, cleaned by DOMPurify in the document of its frame. */
import createPurify, { type Config } from "dompurify";
import { safeStyle } from "../model/safe_style";

const TAGS =
  "a,abbr,b,blockquote,br,caption,center,code,col,colgroup,dd,del,div,dl,dt,em,font,h1,h2,h3,h4,h5,h6,hr,i,img,ins,li,ol,p,pre,q,s,small,span,strike,strong,sub,sup,table,tbody,td,tfoot,th,thead,tr,u,ul";
const ATTRIBUTES =
  "align,alt,border,cellpadding,cellspacing,color,colspan,data-cid,data-quote,data-remote,data-signature,dir,face,height,href,lang,rowspan,size,src,start,style,title,type,valign,width";

const CONFIG = {
  ALLOWED_TAGS: TAGS.split(","),
  ALLOWED_ATTR: ATTRIBUTES.split(","),
  // the others are no addresses, and are not read as such
  ADD_URI_SAFE_ATTR: ATTRIBUTES.split(",").filter((name) => name !== "href" && name !== "src"),
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|tel:|cid:)/i,
} satisfies Config;

export interface Pictures {
  /** Where a part is shown from by its `cid`; `null` where the message has none of that name. */
  address(cid: string): string | null;
}

type Way = "in" | "out";

export class Cleaner {
  readonly #purify: ReturnType<typeof createPurify>;
  readonly #document: Document;
  readonly #pictures: Pictures;
  #way: Way = "in";

  constructor(frame: Window & typeof globalThis, pictures: Pictures) {
    this.#document = frame.document;
    this.#pictures = pictures;
    // the frame's own parser: its styles fall under the frame's policy, not the page's
    this.#purify = createPurify(frame);
    this.#purify.addHook("afterSanitizeAttributes", (node) => this.#one(node));
  }

  /** As the editor shows it: pictures of the message from the server, others from nowhere. */
  enter(html: string): DocumentFragment {
    this.#way = "in";
    const clean = this.#purify.sanitize(html, { ...CONFIG, RETURN_DOM_FRAGMENT: true });
    return this.#document.importNode(clean, true);
  }

  /** As it is sent. */
  leave(html: string): string {
    this.#way = "out";
    return this.#purify.sanitize(html, CONFIG);
  }

  #one(node: Element): void {
    const style = node.getAttribute("style");
    if (style !== null) {
      const safe = safeStyle(style);
      if (safe === "") node.removeAttribute("style");
      else node.setAttribute("style", safe);
    }
    if (node.nodeName === "IMG") this.#picture(node);
  }

  #picture(image: Element): void {
    const source = image.getAttribute("src") ?? "";
    const cid = image.getAttribute("data-cid") ?? (/^cid:/i.test(source) ? source.slice(4) : null);
    const elsewhere = image.getAttribute("data-remote") ?? source;
    const remote = /^https?:/i.test(elsewhere) ? elsewhere : null;
    for (const name of ["src", "data-cid", "data-remote"]) image.removeAttribute(name);
    if (cid !== null && this.#pictures.address(cid) === null) image.remove();
    else if (cid !== null) this.#set(image, this.#pictures.address(cid) ?? "", `cid:${cid}`, ["data-cid", cid]);
    // nothing is asked of strangers while one writes; who reads the message decides for himself
    else if (remote !== null) this.#set(image, null, remote, ["data-remote", remote]);
    else image.remove();
  }

  #set(image: Element, inside: string | null, outside: string, [name, value]: [string, string]): void {
    if (this.#way === "out") {
      image.setAttribute("src", outside);
      return;
    }
    image.setAttribute(name, value);
    if (inside !== null) image.setAttribute("src", inside);
  }
}
