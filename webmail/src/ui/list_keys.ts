/** By how many rows a key moves the cursor of a list; `null` for a key that does not. */
export function stepOf(key: string, page: number, total: number): number | null {
  switch (key) {
    case "ArrowDown":
      return 1;
    case "ArrowUp":
      return -1;
    case "PageDown":
      return page;
    case "PageUp":
      return -page;
    case "Home":
      return -total;
    case "End":
      return total;
    default:
      return null;
  }
}
