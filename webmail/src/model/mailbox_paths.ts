/** Names of mailboxes with those of the ones in which they lie: two of one name are told apart by that. */
import type { Branch } from "./mailboxes";

export interface Path {
  readonly branch: Branch;
  /** From the outermost on; the last is its own. */
  readonly names: readonly string[];
}

/** Of a tree in its order: parents before their children. */
export function paths(branches: readonly Branch[], name: (of: Branch) => string): readonly Path[] {
  const above: string[] = [];
  return branches.map((branch) => {
    above.length = branch.depth;
    above.push(name(branch));
    return { branch, names: [...above] };
  });
}

/** Whether what was typed stands in it, be it in the name of one in which it lies. */
export function isMeant({ names }: Path, typed: string): boolean {
  return names.join(" ").toLowerCase().includes(typed.trim().toLowerCase());
}
