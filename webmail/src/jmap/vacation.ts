/** The answer while somebody is away (RFC 8621, 8). */
import { type Decoded, date, flag, id, nullable, text } from "./decode";
import { record } from "./mail";
import { VACATION } from "./session";

export const VACATION_RECORD = record("VacationResponse", VACATION, {
  id: id<"VacationResponse">(),
  isEnabled: flag,
  fromDate: nullable(date),
  toDate: nullable(date),
  subject: nullable(text),
  textBody: nullable(text),
  htmlBody: nullable(text),
});
export type Vacation = Decoded<typeof VACATION_RECORD.decode>;
