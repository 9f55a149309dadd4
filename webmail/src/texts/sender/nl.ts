/** Wat van de afzender van een bericht wordt gezegd, in het Nederlands. */
import type { SenderTexts } from "./en";

export const nl: SenderTexts = {
  deceives: (email) => `De naam toont een ander adres dan dat van de afzender: ${email}`,
  alike: (email) => `Het adres van de afzender heeft letters die op andere lijken. Het netwerk kent het als ${email}`,
  kinds: {
    genuine: (domein) => `Echt van ${domein}`,
    uncertain: () => "Niet zeker",
    false: () => "Waarschijnlijk vals",
  },
  help: {
    genuine: (domein) =>
      `Onze mailserver heeft gecontroleerd dat het namens ${domein} is verstuurd. Of ${domein} te vertrouwen is, is een andere vraag: lees de naam letter voor letter.`,
    uncertain: (domein) =>
      `Onze mailserver kon niet vaststellen of het van ${domein} komt. Iedereen kan die naam hebben ingevuld.`,
    false: (domein) =>
      `Er staat dat het van ${domein} komt, maar het doorstaat de controle niet waaraan post van ${domein} te herkennen is. Open geen links en bestanden, tenzij u beter weet; post via een lijst doorstaat die soms ook niet.`,
  },
};
