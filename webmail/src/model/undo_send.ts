/** Taking back what was sent. */

/** For how many seconds the server holds what is sent, so that it can be taken back. */
export const UNDO_SECONDS = 10;
