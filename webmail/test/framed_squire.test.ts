import { expect, it } from "vitest";
import { framed } from "../framed_squire";

it("an editor for a frame knows nodes of the frame as well as its own", () => {
  const source = framed(
    "class E { constructor(x) { this.is = [x instanceof Text, x instanceof Array, document.title]; } }\nvar Squire_default = E;\nexport {\n  Squire_default as default\n};",
  );
  expect(source).toContain('const Text = either("Text");');
  expect(source).not.toContain('either("Array")');
  class Inner {}
  const body = source.replace("export default function", "return function");
  const made = new Function("globalThis", body)({ Text: class {} });
  const Editing = made({ document: { title: "frame" }, Text: Inner });
  expect(new Editing(new Inner()).is).toEqual([true, false, "frame"]);
});

it("an editor that ends otherwise than it did is noticed", () => {
  expect(() => framed("export { Squire };")).toThrow("framed_squire.ts");
});
