import type { NewsTexts } from "./en";

export const nl: NewsTexts = {
  some: "Nieuwe e-mail",
  many: (n) => `${n} nieuwe berichten`,
  noSubject: "(geen onderwerp)",
  unknown: "Onbekende afzender",
};
