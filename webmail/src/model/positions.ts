/** The ids of a long list by position, with holes where nobody looked yet, and how changes move them. */

export class Positions<I extends string> {
  #ids: (I | undefined)[] = [];
  /** Where each is; `null` where that is to be found anew. Thousands that are selected are looked up after each change. */
  #places: Map<I, number> | null = null;

  at(index: number): I | undefined {
    return this.#ids[index];
  }

  indexOf(id: I): number {
    this.#places ??= this.#found();
    return this.#places.get(id) ?? -1;
  }

  clear(): void {
    this.#ids = [];
    this.#places = null;
  }

  put(position: number, ids: readonly I[]): void {
    ids.forEach((id, index) => {
      const at = position + index;
      const moves = (this.#ids[at] ?? id) !== id || (this.#places?.get(id) ?? at) !== at;
      if (moves) this.#places = null;
      this.#ids[at] = id;
      this.#places?.set(id, at);
    });
  }

  #found(): Map<I, number> {
    const places = new Map<I, number>();
    // passes over holes
    this.#ids.forEach((id, index) => {
      if (id !== undefined && !places.has(id)) places.set(id, index);
    });
    return places;
  }

  /** How many are known from the top without a hole. */
  get whole(): number {
    // biome-ignore lint/complexity/useIndexOf: `indexOf` passes over holes
    const hole = this.#ids.findIndex((id) => id === undefined);
    return hole < 0 ? this.#ids.length : hole;
  }

  get hasHoles(): boolean {
    return this.whole < this.#ids.length;
  }

  get lastWhole(): I | null {
    return this.#ids[this.whole - 1] ?? null;
  }

  /** Takes known ids out; what is below moves up, holes too. */
  #takeOut(gone: ReadonlySet<I>): void {
    const before = this.#ids;
    const next: (I | undefined)[] = [];
    let taken = 0;
    before.forEach((id, index) => {
      if (id !== undefined && gone.has(id)) taken += 1;
      else if (id !== undefined) next[index - taken] = id;
    });
    this.#ids = next;
  }

  /** What a query's changes say (RFC 8620, 5.6): out with `removed`, then in with `added`, from the lowest index on.
   * Below a hole, an id whose place is unknown may have moved everything: then only what stands above the hole stays. */
  change(removed: readonly I[], added: readonly { readonly id: I; readonly index: number }[], total: number): void {
    this.#places = null;
    const known = new Set(this.#ids);
    if (this.hasHoles && removed.some((id) => !known.has(id))) this.#ids.length = this.whole;
    this.#takeOut(new Set([...removed, ...added.map(({ id }) => id)]));
    for (const { id, index } of [...added].sort((a, b) => a.index - b.index)) {
      if (index <= this.#ids.length) this.#ids.splice(index, 0, id);
    }
    if (this.#ids.length > total) this.#ids.length = total;
  }
}
