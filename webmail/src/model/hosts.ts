/** Names of hosts: as the network has them, and whether they can be read as others. */

/** A host's name as the network has it. */
export function ascii(name: string): string | null {
  try {
    return new URL(`https://${name}/`).hostname;
  } catch {
    return null;
  }
}

/** Letters of European alphabets that nobody takes for another: not `ı`, `ĸ`, `þ`, nor those that only phoneticians write. */
const LATIN = /^[a-z0-9_ß-öø-ýÿāăąćĉċčďđēĕėęěĝğġģĥħĩīĭįĳĵķĺļľłńņňŋōŏőœŕŗřśŝşšţťŧũūŭůűųŵŷźżžșț-]*$/;

/** Alphabets, and what is written with several: a label has letters of one (Unicode TS 39, 5.1). */
const ONE = [
  ...["Armn", "Beng", "Cyrl", "Deva", "Ethi", "Geor", "Grek", "Gujr", "Guru", "Hebr", "Khmr", "Knda", "Laoo", "Mlym"],
  ...["Mymr", "Orya", "Sinh", "Taml", "Telu", "Thaa", "Thai", "Arab"],
].map((script) => new RegExp(`^(?:\\p{scx=${script}}|[0-9-])*$`, "u"));
ONE.push(/^(?:\p{scx=Hani}|\p{scx=Hira}|\p{scx=Kana}|\p{scx=Bopo}|\p{scx=Hang}|[0-9-])*$/u);

/** Letters of other alphabets, and their capitals, that look like Latin ones: a word of nothing else is read as a Latin one. */
const ALIKE = /^[0-9АВЕЅІЈКМНОРСТУХΑΒΕΖΗΙΚΜΝΟΡΤΥΧаысԁеԍһіюјӏорԗԛѕԝхуъьҽпгѵѡκвнмтαικνρυωηοτςսոօհցգզէլյւ-]*$/;

/** Whether a label is one that people read as another: letters of several alphabets, or such as look like others. */
function isMisread(label: string): boolean {
  const small = label.toLowerCase();
  if (LATIN.test(small)) return false;
  return ALIKE.test(label) || ALIKE.test(small) || !ONE.some((script) => script.test(small));
}

/** An address of the network in the place of a name (RFC 5321, 4.1.3): signs that nobody takes for others. */
const LITERAL = /^\[[!-Z^-~]*\]$/;

/** Whether a part of a host's name can be read as another name. */
export function looksLikeAnother(host: string): boolean {
  return !LITERAL.test(host) && host.normalize("NFKC").split(/[.。]/).some(isMisread);
}
