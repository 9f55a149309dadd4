/** Rows that are dragged, inside this page only. */
import { attempt, id, json, list } from "../jmap/decode";
import type { EmailId } from "../jmap/ids";

const DRAGGED = "application/x-glaspost-emails";

/** These rows are dragged from here. */
export function drag({ dataTransfer }: DragEvent, ids: readonly EmailId[]): void {
  dataTransfer?.setData(DRAGGED, JSON.stringify(ids));
}

/** Where rows can be dropped: says whether they hang over it, and takes them. */
export function dropping(
  over: (is: boolean) => void,
  take: (ids: readonly EmailId[]) => void,
  effect: "move" | "copy",
) {
  return (node: HTMLElement) => {
    const dragged = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes(DRAGGED) !== true) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = effect;
      over(true);
    };
    const left = () => over(false);
    const dropped = (event: DragEvent) => {
      over(false);
      const ids = attempt(list(id<"Email">()), json(event.dataTransfer?.getData(DRAGGED) ?? ""));
      if (ids === null) return;
      event.preventDefault();
      take(ids);
    };
    node.addEventListener("dragover", dragged);
    node.addEventListener("dragleave", left);
    node.addEventListener("drop", dropped);
    return () => {
      node.removeEventListener("dragover", dragged);
      node.removeEventListener("dragleave", left);
      node.removeEventListener("drop", dropped);
    };
  };
}
