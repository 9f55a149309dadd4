/** Whose webmail it is, as the server wrote it into the page: the provider's name, logo and colour. */

export interface Brand {
  readonly name: string | null;
  /** Where its logo is. */
  readonly logo: string | null;
  /** Its colour by day and by night; the server has seen to it that both can be read. */
  readonly accent: { readonly light: string; readonly dark: string } | null;
}

/** The part of a document that is read. */
export interface Head {
  querySelector(selectors: string): { getAttribute(name: string): string | null } | null;
}

function said(head: Head, selector: string, form: RegExp): string | null {
  const content = head.querySelector(selector)?.getAttribute("content") ?? "";
  return form.test(content) ? content : null;
}

export function brandOf(head: Head): Brand {
  const colour = (scheme: string) =>
    said(head, `meta[name="theme-color"][media="(prefers-color-scheme: ${scheme})"]`, /^#[0-9a-f]{6}$/);
  const [light, dark] = [colour("light"), colour("dark")];
  return {
    name: said(head, 'meta[name="application-name"]', /\S/),
    logo: said(head, 'meta[name="logo"]', /^\/brand\/logo-[0-9a-f]+\.(svg|png)$/),
    accent: light !== null && dark !== null ? { light, dark } : null,
  };
}
