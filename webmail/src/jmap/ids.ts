/** Ids and states: strings that must not be mixed (RFC 8620, 1.2 and 1.5). */

/** The id of one kind of record: an `Id<"Email">` is no `Id<"Mailbox">`. */
export type Id<Of extends string> = string & { readonly of: Of };

export type AccountId = Id<"Account">;
export type BlobId = Id<"Blob">;
export type EmailId = Id<"Email">;
export type IdentityId = Id<"Identity">;
export type MailboxId = Id<"Mailbox">;
export type SubmissionId = Id<"EmailSubmission">;
export type ThreadId = Id<"Thread">;

/** Where the server's records of one type, or the answer of a query, stood. */
export type State = string & { readonly of: "State" };
