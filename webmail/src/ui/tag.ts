/** What a label is called in a language. */
import { isWellKnown, type Tag } from "../model/labels";
import type { Texts } from "../texts/en";

export function tagName({ name, keyword }: Pick<Tag, "name" | "keyword">, texts: Texts): string {
  return name ?? (isWellKnown(keyword) ? texts.labels.wellKnown[keyword] : keyword);
}
