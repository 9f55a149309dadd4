/** Nederlands, waar lijsten worden ingericht. */
import type { ListTexts } from "./en";

const berichten = (n: number) => (n === 1 ? "1 bericht" : `${n} berichten`);

export const nl: ListTexts = {
  save: "Bewaren",
  name: "Naam",
  nameNeeded: "Vul een naam in.",
  tooMany: "Er zijn er zoveel als er mogen zijn. Haal er eerst een weg.",

  label: {
    choose: "Labels",
    find: "Label zoeken, of een nieuw label een naam geven",
    create: (naam) => `Nieuw label “${naam}”`,
    some: "een deel van de berichten heeft dit",
    newTitle: "Nieuw label",
    changeTitle: "Label wijzigen",
    colour: "Kleur",
    colours: ["Rood", "Oranje", "Oker", "Groen", "Turkoois", "Blauw", "Indigo", "Paars", "Roze", "Grijs"],
    otherColour: "Andere kleur",
    remove: "Label verwijderen",
    removeText: (naam) => `Berichten verliezen het label “${naam}”, en blijven waar ze zijn.`,
  },

  search: {
    newTitle: "Zoekopdracht bewaren",
    changeTitle: "Zoekopdracht wijzigen",
    text: "Zoeken naar",
    textNeeded: "Vul in waarnaar te zoeken.",
    remove: "Zoekopdracht verwijderen",
  },

  mailbox: {
    newTitle: "Nieuwe map",
    below: "In",
    top: "Naast de andere",
    rename: "Naam en plaats",
    add: "Nieuwe map hierin",
    readAll: "Alles als gelezen markeren",
    empty: "Map leegmaken",
    emptyText: (n) =>
      `${berichten(n)} ${n === 1 ? "is" : "zijn"} dan weg, en ${n === 1 ? "komt" : "komen"} niet terug.`,
    hide: "Verbergen in de lijst",
    show: "Tonen in de lijst",
    hideHelp: "Mail in een verborgen map blijft, en is met zoeken te vinden.",
    remove: "Map verwijderen",
    removeText: (n) =>
      n === 0 ? "De map is leeg." : `${berichten(n)} daarin ${n === 1 ? "gaat" : "gaan"} naar de prullenbak.`,
    hasChildren: "Er staan mappen in. Verwijder of verplaats die eerst.",
    nameTaken: "Er is al een map met deze naam.",
    nameWrong: "Zo kan een map niet heten.",
    hiddenTitle: "Verborgen mappen",
    busy: "Bezig…",
  },
};
