/** Contacts (RFC 9610): cards of JSContact (RFC 9553). A card is kept as it was sent, so that what this client does not show
 * is not lost when it writes. */
import { type Decoder, type Fields, fields, id } from "./decode";
import type { Id } from "./ids";
import type { RecordType } from "./methods";
import { CONTACTS } from "./session";

export type CardId = Id<"ContactCard">;

/** A ContactCard (RFC 9610, 3). */
export interface Card {
  readonly id: CardId;
  readonly fields: Fields;
}

const cardId = id<"ContactCard">();
const card: Decoder<Card> = (value, where) => {
  const read = fields(value, where);
  return { id: cardId(read.id, `${where}/id`), fields: read };
};

/** What a row of the list and a search by address show. */
export const CARD: RecordType<"ContactCard", Card> = {
  name: "ContactCard",
  using: CONTACTS,
  properties: ["id", "uid", "kind", "name", "nicknames", "organizations", "emails", "phones"],
  decode: card,
};

/** Asks for the whole of a card. */
export const WHOLE = { properties: null } as const;
