/** What stands above the list while mail is answered automatically. English gives the type; the other languages must have the same. */
export const en = {
  on: "Your mail is answered automatically.",
  until: (day: string) => `Your mail is answered automatically, until ${day} inclusive.`,
  change: "Change",
};

export type AwayTexts = typeof en;
