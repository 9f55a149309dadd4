/** What a `style` attribute may say in a message that is being written: how text looks, never where it lies or what it loads. */

const LOOKS = new Set([
  "color",
  "background-color",
  "font",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
  "letter-spacing",
  "line-height",
  "list-style-type",
  "text-align",
  "text-decoration",
  "text-decoration-line",
  "text-indent",
  "text-transform",
  "vertical-align",
  "white-space",
  "width",
  "height",
  "max-width",
  "direction",
  "border-collapse",
  "border-spacing",
]);
/** `margin`, `padding` and `border` with their sides. */
const BOXES = /^(?:margin|padding|border)(?:-(?:top|right|bottom|left|color|style|width|radius))?$/;
/** Functions but those of colours, escapes, comments and rules: none of them is a plain look. */
const UNSAFE = /\\|\/\*|@|[<>{}!]|(?!(?:rgba?|hsla?))\b[\w-]+\(/i;
const NEGATIVE = /(?:^|[\s,])-/;

function isSafe(name: string, value: string): boolean {
  if (UNSAFE.test(value) || value.length > 200) return false;
  if (BOXES.test(name)) return !NEGATIVE.test(value);
  return LOOKS.has(name);
}

/** The declarations that are kept; empty where none is. */
export function safeStyle(style: string): string {
  return style
    .split(";")
    .flatMap((declaration) => {
      const colon = declaration.indexOf(":");
      const name = declaration.slice(0, colon).trim().toLowerCase();
      const value = declaration
        .slice(colon + 1)
        .replace(/!\s*important\s*$/i, "")
        .trim();
      return colon > 0 && value !== "" && isSafe(name, value) ? [`${name}: ${value}`] : [];
    })
    .join("; ");
}
