/** Taking back what was sent. */

/** For how many seconds the server holds what is sent, so that it can be taken back, where nobody chose otherwise. */
export const UNDO_SECONDS = 10;
/** What one may choose, from the shortest on; 0: it goes at once. */
export const UNDO_CHOICES: readonly number[] = [0, 5, UNDO_SECONDS, 20, 30, 60];
export const LONGEST_UNDO = 60;
