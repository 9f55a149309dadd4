import { describe, expect, it } from "vitest";
import type { Part } from "../jmap/mail";
import { lettersOf } from "./charset";
import { fileName, isSmallPicture, preview } from "./preview";

function part(type: string, name: string | null = null, size = 1000): Part {
  const blobId = "b1" as never;
  return { partId: "2", blobId, size, name, type, charset: null, disposition: "attachment", cid: null };
}

describe("an attachment", () => {
  it.each([
    ["image/png", null, { kind: "picture", type: "image/png" }],
    ["IMAGE/JPG", null, { kind: "picture", type: "image/jpeg" }],
    ["application/pdf", null, { kind: "pdf" }],
    ["text/plain", null, { kind: "text" }],
    ["text/csv", null, { kind: "text" }],
    ["application/json", null, { kind: "text" }],
    ["application/octet-stream", "Foto.JPG", { kind: "picture", type: "image/jpeg" }],
    ["application/octet-stream", "rekening.pdf", { kind: "pdf" }],
  ])("of the type %s called %s is shown", (type, name, expected) => {
    expect(preview(part(type, name))).toEqual(expected);
  });

  it.each([
    ["image/svg+xml", "a.svg"],
    ["image/svg+xml", "a.png"],
    ["text/html", "a.txt"],
    ["application/xhtml+xml", "a.txt"],
    ["application/octet-stream", "a.svg"],
    ["application/octet-stream", "a.html"],
    ["application/octet-stream", "png"],
    ["application/zip", "a.pdf"],
    ["image/tiff", "a.tif"],
  ])("W09: of the type %s called %s is only saved", (type, name) => {
    expect(preview(part(type, name))).toBeNull();
  });

  it("of a multipart, which has no bytes of its own, is nothing", () => {
    expect(preview({ ...part("image/png"), blobId: null })).toBeNull();
  });

  it.each([
    ["foto\u202Egpj.exe", "fotogpj.exe"],
    ["a\r\nb.txt", "ab.txt"],
    ["  ", "?"],
    ["..", "?"],
    [null, "?"],
    ["שלום.txt", "שלום.txt"],
  ])("is called %j as it is: %j", (name, shown) => {
    expect(fileName(part("x/y", name), "?")).toBe(shown);
  });

  it("is shown small where it is a small picture", () => {
    expect(isSmallPicture(part("image/png", null, 1000))).toBe(true);
    expect(isSmallPicture(part("image/png", null, 1_000_000))).toBe(false);
    expect(isSmallPicture(part("text/plain"))).toBe(false);
  });
});

describe("bytes", () => {
  const bytes = (...all: number[]) => Uint8Array.from(all);

  it.each([
    [bytes(0x63, 0xe9), "iso-8859-1", "cé"],
    [bytes(0xc3, 0xa9), "UTF-8", "é"],
    [bytes(0xc3, 0xa9), null, "é"],
    [bytes(0x63, 0xe9), null, "cé"],
    [bytes(0x63, 0xe9), "no-such-charset", "cé"],
    [bytes(0xe9), "utf-8", "é"],
    [bytes(0xef, 0xbb, 0xbf, 0x61), "us-ascii", "a"],
    [bytes(0xf9, 0xec), "windows-1255", "של"],
  ])("%j in %s are %j", (from, charset, letters) => {
    expect(lettersOf(from, charset, false)).toBe(letters);
  });

  it("that were cut within a letter end before it", () => {
    expect(lettersOf(bytes(0x61, 0xe2, 0x82), "utf-8", true)).toBe("a");
    expect(lettersOf(bytes(0x61, 0xe2, 0x82), null, true)).toBe("a");
  });
});
