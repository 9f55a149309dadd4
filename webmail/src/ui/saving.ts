/** Links that save a file. Browsers let no page answer them: without a connection they show an error of their own, or nothing. */
import type { Problem } from "../jmap/problem";
import type { Account } from "../model/account";

type Click = MouseEvent & { readonly currentTarget: HTMLAnchorElement };
type Told = Pick<Account, "line" | "notice">;

/** How long what is saved is held for the browser, in milliseconds. */
const HELD = 60_000;

/** What would keep the server from being asked; `null` where nothing does. */
function inTheWay({ line }: Told): Problem | null {
  if (line.value.kind === "broken") return line.value.cause;
  return navigator.onLine ? null : { kind: "offline" };
}

/** What the server alone has is not to be had without it, which is said. */
export function saveFromServer(event: Click, account: Told): void {
  const problem = inTheWay(account);
  if (problem === null) return;
  event.preventDefault();
  account.notice.set({ kind: "refused", problem });
}

/** A file that was looked at is in the browser, and saved from there. */
export async function saveFile(event: Click, account: Told): Promise<void> {
  const problem = inTheWay(account);
  if (problem === null) return;
  event.preventDefault();
  const { href, download } = event.currentTarget;
  try {
    const answer = await fetch(href);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = download;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), HELD);
  } catch {
    account.notice.set({ kind: "refused", problem });
  }
}
