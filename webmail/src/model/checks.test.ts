import { describe, expect, it } from "vitest";
import type { Identity } from "../jmap/mail";
import { type Check, check } from "./checks";
import { blank, type Composition } from "./composition";

const identity = {
  id: "i",
  name: "",
  email: "a@here.example",
  textSignature: "",
  replyTo: null,
} as unknown as Identity;
const file = { blobId: "b" as never, name: "a.pdf", type: "application/pdf", size: 1, cid: null };
const good = { to: "b@there.example", subject: "Fiets", text: "Dag" };

function many(count: number): string {
  return Array.from({ length: count }, (_, number) => `a${number}@there.example`).join(", ");
}

describe("before a message goes", () => {
  it.each<[Partial<Composition>, Check]>([
    [good, { kind: "ready" }],
    [{ ...good, to: "" }, { kind: "no-recipient" }],
    [{ ...good, to: "", bcc: "b@there.example" }, { kind: "ready" }],
    [
      { ...good, cc: "jan" },
      { kind: "wrong-address", part: "jan" },
    ],
    [{ ...good, subject: " " }, { kind: "no-subject" }],
    [{ ...good, text: "Zie de Bijlage." }, { kind: "forgotten-attachment" }],
    [{ ...good, text: "Zie de bijlage.", attachments: [file] }, { kind: "ready" }],
    [{ ...good, text: "Dank!\n> Zie de bijlage." }, { kind: "ready" }],
    [{ ...good, text: "Kijk eens\n\n---------- Doorgestuurd bericht ----------\nZie de bijlage." }, { kind: "ready" }],
    [
      { ...good, text: "Zie de bijlage\n\n---------- Forwarded message ----------\nDag." },
      { kind: "forgotten-attachment" },
    ],
    // what stands between two drawn lines is one's own
    [{ ...good, text: "Dag,\n-----\nZie de bijlage.\n-----" }, { kind: "forgotten-attachment" }],
    [{ ...good, subject: "Re: bijlage" }, { kind: "ready" }],
    // a picture that the text shows is no file
    [
      { ...good, text: "de bijlage", html: '<img src="cid:a@b">', attachments: [{ ...file, cid: "a@b" }] },
      { kind: "forgotten-attachment" },
    ],
    [{ ...good, to: many(15) }, { kind: "ready" }],
    [{ ...good, to: many(15), cc: "z@there.example" }, { kind: "many-recipients" }],
    [{ ...good, to: "", bcc: many(40) }, { kind: "ready" }],
  ])("%j is %j", (change, expected) => {
    expect(check({ ...blank(identity), ...change }, ["bijlage", "attach"], new Set())).toEqual(expected);
  });

  it("asks nothing twice", () => {
    const both = { ...blank(identity), ...good, subject: "", text: "bijlage" };
    expect(check(both, ["bijlage"], new Set(["forgotten-attachment"] as const)).kind).toBe("no-subject");
    expect(check(both, ["bijlage"], new Set(["forgotten-attachment", "no-subject"] as const)).kind).toBe("ready");
  });
});
