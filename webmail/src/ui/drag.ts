/** What rows are called while they are dragged, inside this page only. */
export const DRAGGED = "application/x-glaspost-emails";
