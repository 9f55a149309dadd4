/** What the worker says of new mail. English gives the type; the other languages must have the same. */
export const en = {
  /** Somebody wrote, and who and what cannot be found out now. */
  some: "New mail",
  /** More than are told one by one. */
  many: (n: number) => `${n} new messages`,
  noSubject: "(no subject)",
  unknown: "Unknown sender",
};

export type NewsTexts = typeof en;
