import type { AwayTexts } from "./en";

export const nl: AwayTexts = {
  on: "Uw mail wordt automatisch beantwoord.",
  until: (dag) => `Uw mail wordt automatisch beantwoord, tot en met ${dag}.`,
  change: "Wijzigen",
};
