import { describe, expect, it } from "vitest";
import { looksLikeAnother } from "./hosts";

describe("a host", () => {
  it.each([
    "ıng.nl",
    "pɑypal.example",
    "www.ɢoogle.example",
    "gọọgle.example",
    "þaypal.example",
    "раураl.example",
    "ехаmple.com",
    "раура.example",
    "сосо",
    "[раураl.example]",
    "ΑΒΒ.example",
    "αρν.example",
    "bank例え.example",
    "bank.ехаmple",
    "ꮪꮮꭺꮪꮋ.example",
    "a\u0307b\u0337.example",
  ])("%s looks like another", (host) => {
    expect(looksLikeAnother(host)).toBe(true);
  });

  it.each([
    "ing.nl",
    "ING.nl",
    "münchen.example",
    "mu\u0308nchen.example",
    "BÜCHER.example",
    "straße.example",
    "café-ñandú.example",
    "łódź.example",
    "ŞTEFAN.example",
    "почта.рф",
    "президент.рф",
    "ελλάδα.gr",
    "例え.jp",
    "ひらがなカタカナー漢字.jp",
    "한국.kr",
    "موقع.example",
    "שלום-1.example",
    "ｉｎｇ.nl",
    "xn--e1afmkfd.com",
    "192.0.2.1",
    "[192.0.2.1]",
    "[IPv6:2001:db8::1]",
    "",
  ])("%s does not", (host) => {
    expect(looksLikeAnother(host)).toBe(false);
  });
});
