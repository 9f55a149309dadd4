/** What a list can be narrowed to by one click. */
export const QUICK = ["unread", "flagged", "attachment"] as const;
export type Quick = (typeof QUICK)[number];

/** What each asks for (RFC 8621, 4.4.1). */
export const CONDITIONS: Readonly<Record<Quick, Readonly<Record<string, unknown>>>> = {
  unread: { notKeyword: "$seen" },
  flagged: { hasKeyword: "$flagged" },
  attachment: { hasAttachment: true },
};

/** With one more, or without it; always in one order. */
export function toggledQuick(only: readonly Quick[], one: Quick): readonly Quick[] {
  return QUICK.filter((known) => only.includes(known) !== (known === one));
}
