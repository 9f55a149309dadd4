import { expect, it } from "vitest";
import { filesIn } from "./taken";

const picture = new File(["x"], "image.png", { type: "image/png" });

it.each([
  ["a file", ["Files"], 1],
  ["a file with its name", ["text/plain", "Files"], 1],
  ["a picture of a page", ["text/html", "Files"], 1],
  ["cells of a spreadsheet", ["text/plain", "text/html", "Files"], 0],
])("%s is taken as what it is", (_, types, files) => {
  expect(filesIn({ types, files: [picture] as unknown as FileList })).toHaveLength(files);
});

it("nothing is no file", () => {
  expect(filesIn(null)).toEqual([]);
});
