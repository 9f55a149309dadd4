/** Which rows are selected, with ranges from an anchor; a value. */

export interface Selection<I extends string> {
  readonly ids: ReadonlySet<I>;
  /** Where a range begins. */
  readonly anchor: I | null;
}

export function nothing<I extends string>(): Selection<I> {
  return { ids: new Set(), anchor: null };
}

export function toggled<I extends string>({ ids }: Selection<I>, id: I): Selection<I> {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** What lies between: the rows from one to another, in either order. */
export interface Rows<I extends string> {
  indexOf(id: I): number;
  /** Those that are known. */
  range(from: number, to: number): readonly I[];
}

/** Rows of which not all are known. */
export interface FarRows<I extends string> extends Rows<I> {
  /** Comes to know what lies there. */
  reach(from: number, to: number): Promise<void>;
}

/** Comes to know all from the anchor to here, so that `extended` leaves out none. */
export async function reach<I extends string>({ anchor }: Selection<I>, to: I, rows: FarRows<I>): Promise<void> {
  const [from, until] = [rows.indexOf(anchor ?? to), rows.indexOf(to)];
  if (from >= 0 && until >= 0) await rows.reach(Math.min(from, until), Math.max(from, until) + 1);
}

/** With all from the anchor to here; the anchor stays. */
export function extended<I extends string>(selection: Selection<I>, to: I, rows: Rows<I>): Selection<I> {
  const anchor = selection.anchor ?? to;
  const [from, until] = [rows.indexOf(anchor), rows.indexOf(to)];
  if (from < 0 || until < 0) return toggled(selection, to);
  const between = rows.range(Math.min(from, until), Math.max(from, until) + 1);
  return { ids: new Set([...selection.ids, ...between]), anchor };
}

/** Without rows that are gone. */
export function remaining<I extends string>(selection: Selection<I>, rows: Rows<I>): Selection<I> {
  const ids = [...selection.ids].filter((id) => rows.indexOf(id) >= 0);
  return ids.length === selection.ids.size ? selection : { ...selection, ids: new Set(ids) };
}
