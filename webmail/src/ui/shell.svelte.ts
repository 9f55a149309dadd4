/** What all views share: the person's language and habits, the account, and where one is. */
import { getContext, setContext } from "svelte";
import type { EmailId } from "../jmap/ids";
import type { Account } from "../model/account";
import { areTouched, change, type Preferences, read } from "../model/preferences";
import { emailOf, parsed, type Route, withEmail, written } from "../model/route";
import type { Writing } from "../model/writing";
import { LANGUAGES } from "../texts/languages";
import { brandOf } from "./brand";

export class Shell {
  readonly brand = brandOf(document.head);
  preferences = $state.raw<Preferences>(read(localStorage, navigator.languages));
  route = $state.raw<Route>(parsed(location.hash));
  /** A newer release of the page is ready. */
  renewed = $state(false);
  readonly texts = $derived(LANGUAGES[this.preferences.language]);

  /** What the webmail is called. */
  get app(): string {
    return this.brand.name ?? this.texts.app;
  }

  /** Whether it shows whose it is. */
  get isBranded(): boolean {
    return this.brand.name !== null || this.brand.logo !== null;
  }

  change(some: Partial<Preferences>): void {
    this.preferences = change(localStorage, navigator.languages, some);
  }

  /** Another window wrote something into the browser. */
  heed(key: string | null): void {
    if (areTouched(key)) this.preferences = read(localStorage, navigator.languages);
  }

  go(route: Route): void {
    location.hash = written(route);
    this.route = route;
  }

  /** As `go`, in the place of where one was: "back" passes over it. */
  goInstead(route: Route): void {
    history.replaceState(null, "", written(route));
    this.route = route;
  }

  follow(): void {
    this.route = parsed(location.hash);
  }

  get email(): EmailId | null {
    return emailOf(this.route);
  }

  openEmail(id: EmailId | null): void {
    const next = withEmail(this.route, id);
    // a step from message to message is no place to come back to
    if (this.email !== null && id !== null) this.goInstead(next);
    else this.go(next);
  }
}

/** What the views of an account share beside. */
export interface Room {
  readonly shell: Shell;
  readonly account: Account;
  logOut(): void;
  /** Begins a message to these addresses, with words where somebody said which. */
  writeTo(to: string, words?: { readonly subject: string; readonly text: string }): void;
}

/** A value that is computed anew whenever one of these fires: for what is too large to be a value itself. */
export function fresh<T>(_signals: readonly unknown[], value: T): T {
  return value;
}

const KEY = Symbol("room");

export function provide(room: Room): void {
  setContext(KEY, room);
}

export function room(): Room {
  return getContext<Room>(KEY);
}

const WRITING = Symbol("writing");

export function provideWriting(all: Writing): void {
  setContext(WRITING, all);
}

/** For what stands in a message that is being written. */
export function writing(): Writing {
  return getContext<Writing>(WRITING);
}
