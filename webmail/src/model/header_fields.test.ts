import { describe, expect, it } from "vitest";
import { headerFields, valuesOf, way } from "./header_fields";

const HEADER = [
  "Return-Path: <bounce@list.example>",
  "Received: from mx.here.example (mx.here.example [192.0.2.1])",
  "\tby store.here.example with LMTPS id 3; Mon, 7 Dec 2026 14:00:09 +0100",
  "Received: from mail.there.example (unknown (a (b) c) by evil.example [192.0.2.9]) by mx.here.example",
  " with ESMTPS id 2 for <anna@here.example>; Mon, 7 Dec 2026 13:00:02 +0000 (UTC)",
  "Received: by mail.there.example with HTTP; Mon, 7 Dec 2026 14:00:05 +0100",
  "subject: x",
  "",
  "Received: from the.body.example by nobody; Mon, 7 Dec 2026 14:00:05 +0100",
].join("\r\n");

describe("a header", () => {
  it("ends where it ends, and its fields are unfolded", () => {
    const fields = headerFields(HEADER);
    expect(fields.map(({ name }) => name)).toEqual(["Return-Path", "Received", "Received", "Received", "subject"]);
    expect(valuesOf(fields, "SUBJECT")).toEqual(["x"]);
    expect(headerFields(HEADER.replaceAll("\r\n", "\n"))).toEqual(fields);
  });

  it("is bounded, whatever somebody wrote", () => {
    const before = Date.now();
    expect(headerFields("A: b\r\n".repeat(1_000_000)).length).toBe(1_000);
    expect(headerFields(`A: ${"x".repeat(1_000_000)}`)[0]?.value.length).toBe(4_000);
    headerFields(`A:${"\n ".repeat(200_000)}`);
    way(headerFields(`Received: ${"(".repeat(100_000)}`));
    way(headerFields("Received: from a by b; c\r\n".repeat(10_000)));
    expect(Date.now() - before).toBeLessThan(3_000);
  });

  it.each(["", "\r\n", "no colon", ": no name", "a b: c", "\0: x"])("%j has no field", (text) => {
    expect(headerFields(text)).toEqual([]);
  });
});

describe("the way of a message", () => {
  it("is what each server wrote, the first one first, with the time between", () => {
    expect(way(headerFields(HEADER))).toEqual([
      { from: null, by: "mail.there.example", isSecure: false, at: Date.parse("2026-12-07T13:00:05Z"), delay: null },
      {
        from: "mail.there.example",
        by: "mx.here.example",
        isSecure: true,
        at: Date.parse("2026-12-07T13:00:02Z"),
        delay: -3_000,
      },
      {
        from: "mx.here.example",
        by: "store.here.example",
        isSecure: true,
        at: Date.parse("2026-12-07T13:00:09Z"),
        delay: 7_000,
      },
    ]);
  });

  it("has steps of which nothing can be read", () => {
    const fields = headerFields("Received: hello\r\nReceived: from a by b; yesterday\r\nReceived: ;;;\r\n");
    expect(way(fields).map(({ at, delay }) => [at, delay])).toEqual([
      [null, null],
      [null, null],
      [null, null],
    ]);
  });

  it.each([
    ["ESMTPSA", true],
    ["UTF8SMTPS", true],
    ["SMTP", false],
    ["ESMTPA", false],
    ["LMTP", false],
    ["HTTPS", true],
  ])("with %s is secure: %s", (protocol, isSecure) => {
    expect(way(headerFields(`Received: from a by b with ${protocol}; x`))[0]?.isSecure).toBe(isSecure);
  });
});
