import { describe, expect, it } from "vitest";
import type { Card } from "../jmap/contacts";
import { type Fields, id } from "../jmap/decode";
import { BLANK, birthday, called, draft, fullName, isGroup, mailAddresses, members } from "./card";
import { created, patched } from "./card_patch";
import { photo } from "./photo";

const card = (fields: Fields): Card => ({ id: id<"ContactCard">()("c1", ""), fields });

/** As people have them: from another program, with what this one does not show. */
const FULL: Fields = {
  "@type": "Card",
  version: "1.0",
  uid: "urn:uuid:1",
  name: {
    components: [
      { kind: "title", value: "dr." },
      { kind: "given", value: "Anna" },
      { kind: "surname", value: "de Vries" },
    ],
    sortAs: { surname: "Vries" },
  },
  emails: {
    e1: { address: "anna@home.example", contexts: { private: true }, label: "thuis" },
    e2: { address: "anna@work.example", contexts: { work: true }, pref: 1 },
  },
  phones: { p1: { number: "+31 6 12345678", features: { mobile: true, text: true } } },
  addresses: {
    a1: {
      components: [
        { kind: "name", value: "Dorpsstraat" },
        { kind: "number", value: "12" },
        { kind: "postcode", value: "1234 AB" },
        { kind: "locality", value: "Ons Dorp" },
        { kind: "region", value: "Drenthe" },
      ],
      contexts: { private: true },
    },
  },
  anniversaries: {
    b1: { kind: "birth", date: { "@type": "PartialDate", year: 1980, month: 2, day: 9 } },
    w1: { kind: "wedding", date: { "@type": "PartialDate", year: 2005 } },
  },
  notes: { n1: { note: "houdt van fietsen" } },
  "example.org:custom": { kept: true },
};

describe("a card is shown", () => {
  it("with everything that the form has", () => {
    expect(draft(card(FULL))).toEqual({
      given: "Anna",
      surname: "de Vries",
      organization: "",
      title: "",
      emails: [
        { key: "e1", text: "anna@home.example", where: "home" },
        { key: "e2", text: "anna@work.example", where: "work" },
      ],
      phones: [{ key: "p1", text: "+31 6 12345678", where: "mobile" }],
      addresses: [
        {
          key: "a1",
          street: "Dorpsstraat 12",
          postcode: "1234 AB",
          locality: "Ons Dorp",
          country: "",
          where: "home",
        },
      ],
      birthday: "1980-02-09",
      note: "houdt van fietsen",
    });
    expect(mailAddresses(card(FULL))).toEqual(["anna@work.example", "anna@home.example"]);
  });

  it.each<[string, Fields, string]>([
    ["its name in the usual order", FULL, "dr. Anna de Vries"],
    ["its name as it is written out", { name: { full: "Vries, A. de" } }, "Vries, A. de"],
    [
      "its name in an order of its own",
      {
        name: {
          isOrdered: true,
          components: [
            { kind: "surname", value: "Nagy" },
            { kind: "separator", value: ", " },
            { kind: "given", value: "Ida" },
          ],
        },
      },
      "Nagy Ida",
    ],
    ["a nickname", { name: {}, nicknames: { k: { name: "Annie" } } }, "Annie"],
    ["an organization", { organizations: { o: { name: "Bakkerij" } } }, "Bakkerij"],
    ["an address", { emails: { e: { address: "x@y.example" } } }, "x@y.example"],
    ["a number", { phones: { p: { number: "112" } } }, "112"],
    ["nothing", {}, ""],
    ["nothing of what has another shape", { name: 7, emails: [], phones: { p: 3 } }, ""],
  ])("by %s", (_, fields, name) => {
    expect(called(card(fields))).toBe(name);
  });

  it.each<[Fields, ReturnType<typeof birthday>]>([
    [
      { "@type": "PartialDate", month: 4, day: 30 },
      { year: null, month: 4, day: 30 },
    ],
    [
      { "@type": "Timestamp", utc: "1953-10-15T23:10:00Z" },
      { year: 1953, month: 10, day: 15 },
    ],
    [
      { "@type": "PartialDate", year: "1980" },
      { year: null, month: null, day: null },
    ],
  ])("with a birthday of %j", (date, expected) => {
    expect(birthday({ anniversaries: { b: { kind: "birth", date } } })).toEqual(expected);
    expect(draft(card({ anniversaries: { b: { kind: "birth", date } } })).birthday).toBe(
      expected?.year === 1953 ? "1953-10-15" : "",
    );
  });

  it("as a group with its members", () => {
    const group = card({ kind: "group", members: { a: true, b: false, "urn:uuid:1": true } });
    expect([isGroup(group), members(group), isGroup(card(FULL)), members(card(FULL))]).toEqual([
      true,
      ["a", "urn:uuid:1"],
      false,
      [],
    ]);
  });
});

describe("a form is written", () => {
  it("as no change where nothing was changed", () => {
    expect(patched(card(FULL), draft(card(FULL)))).toEqual({});
  });

  it("with what was changed alone, beside what it does not show", () => {
    const before = draft(card(FULL));
    const [home, work] = before.emails;
    if (home === undefined || work === undefined) throw new Error("two addresses");
    const emails = [
      { ...home, text: " anna@new.example " },
      { key: null, text: "a@b.example", where: "work" as const },
    ];
    expect(patched(card(FULL), { ...before, emails })).toEqual({
      emails: {
        e1: { address: "anna@new.example", contexts: { private: true }, label: "thuis" },
        e3: { address: "a@b.example", contexts: { work: true } },
      },
    });
  });

  it("with another name, whose title stays and whose order is no more", () => {
    const now = { ...draft(card(FULL)), surname: "Jansen" };
    const { name } = patched(card(FULL), now);
    expect(name).toEqual({
      components: [
        { kind: "title", value: "dr." },
        { kind: "given", value: "Anna" },
        { kind: "surname", value: "Jansen" },
      ],
      full: "dr. Anna Jansen",
    });
    expect(fullName({ name })).toBe("dr. Anna Jansen");
  });

  it("with another place for a number, whose other features stay", () => {
    const before = draft(card(FULL));
    const phones = before.phones.map((line) => ({ ...line, where: "work" as const }));
    expect(patched(card(FULL), { ...before, phones })).toEqual({
      phones: { p1: { number: "+31 6 12345678", contexts: { work: true }, features: { text: true } } },
    });
  });

  it("with another town, and the street and region as they were", () => {
    const before = draft(card(FULL));
    const addresses = before.addresses.map((place) => ({ ...place, locality: "Elders" }));
    const kinds = [
      { kind: "name", value: "Dorpsstraat" },
      { kind: "number", value: "12" },
      { kind: "region", value: "Drenthe" },
      { kind: "postcode", value: "1234 AB" },
      { kind: "locality", value: "Elders" },
    ];
    expect(patched(card(FULL), { ...before, addresses })).toEqual({
      addresses: { a1: { components: kinds, contexts: { private: true } } },
    });
  });

  it("with another birthday, beside the other anniversaries; and without one", () => {
    const before = draft(card(FULL));
    const wedding = { w1: { kind: "wedding", date: { "@type": "PartialDate", year: 2005 } } };
    expect(patched(card(FULL), { ...before, birthday: "1981-03-04" })).toEqual({
      anniversaries: {
        ...wedding,
        b1: { kind: "birth", date: { "@type": "PartialDate", year: 1981, month: 3, day: 4 } },
      },
    });
    expect(patched(card(FULL), { ...before, birthday: "" })).toEqual({ anniversaries: wedding });
  });

  it("with what was emptied taken away", () => {
    const now = { ...BLANK, given: "Anna", surname: "de Vries", birthday: "1980-02-09" };
    expect(patched(card(FULL), now)).toEqual({ emails: null, phones: null, addresses: null, notes: null });
  });

  it("as a new card of what was filled in", () => {
    const emails = [
      { key: null, text: "bram@there.example", where: "other" as const },
      { key: null, text: " ", where: "home" as const },
    ];
    expect(created({ ...BLANK, given: "Bram", organization: "Bakkerij", emails, note: " let op " }, BLANK)).toEqual({
      name: { components: [{ kind: "given", value: "Bram" }], full: "Bram" },
      organizations: { o1: { name: "Bakkerij" } },
      emails: { e1: { address: "bram@there.example" } },
      notes: { n1: { note: "let op" } },
    });
  });
});

describe("a photo", () => {
  const of = (entry: object) => photo(card({ media: { m: { kind: "photo", ...entry } } }));

  it("is a picture of points that the server has", () => {
    expect(of({ blobId: "o1-b2", mediaType: "image/png" })).toEqual({ blobId: "o1-b2", type: "image/png" });
  });

  it.each([
    { uri: "https://far.example/photo.png", mediaType: "image/png" },
    { blobId: "o1-b2", mediaType: "image/svg+xml" },
    { blobId: "o1-b2", mediaType: "text/html" },
    { blobId: "o1-b2" },
    { blobId: 7, mediaType: "image/png" },
    { kind: "logo", blobId: "o1-b2", mediaType: "image/png" },
  ])("is not %o", (entry) => {
    expect(of(entry)).toBeNull();
  });
});
