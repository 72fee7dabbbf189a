/** What every page has: texts, formats, the reader's choices, how the mirror does, and what is open below a button. */
import type { Signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Health } from '../view/data.ts';
import type { Formats } from '../view/format.ts';
import type { Dictionary, Language } from '../view/i18n/dictionary.ts';
import type { Preferences } from '../view/preferences.ts';

/** What the caller may do; the server decides again at each request. */
export interface Rights {
  /** Whether the mirror asks for a token, so that there is something to sign out of. */
  readonly isSignedIn: boolean;
  /** Whether the token sees the whole mirror. */
  readonly seesAll: boolean;
  readonly mayChange: boolean;
}

export type PopoverName =
  | ValuePopover
  | 'dates'
  | 'order'
  | 'view'
  | 'menu'
  | 'language'
  | 'use-again'
  | 'export'
  | 'marks'
  | 'mark-rating'
  | 'mark-tags'
  | 'collect'
  | 'task-collections'
  | 'share'
  /** Of a picture of a collection. */
  | `entry-${string}`;
type ValuePopover = 'model' | 'size' | 'action' | 'state' | 'tag';

/** Between the page and the mirror. `failing`: it answers that it can't answer; `expired`: the session has ended. */
export type Connection = 'ok' | 'lost' | 'failing' | 'expired';

export interface ShellState {
  readonly health: Signal<Health>;
  readonly nowMs: Signal<number>;
  readonly openPopover: Signal<PopoverName | undefined>;
  readonly isHelpOpen: Signal<boolean>;
  readonly connection: Signal<Connection>;
  readonly preferences: Signal<Preferences>;
  /** Read out by screen readers. */
  readonly announcement: Signal<string>;
}

export interface ShellActions {
  togglePopover(name: PopoverName | undefined): void;
  toggleHelp(isOpen: boolean): void;
  setPreference<Name extends keyof Preferences>(name: Name, value: NonNullable<Preferences[Name]>): void;
}

export interface Shell {
  readonly t: Dictionary;
  readonly f: Formats;
  readonly language: Language;
  readonly timeZone: string;
  readonly rights: Rights;
  readonly version: string;
  readonly state: ShellState;
  /** Undefined on the server, and without a script. */
  readonly actions: ShellActions | undefined;
}

const ShellContext = createContext<Shell | undefined>(undefined);
export const ShellProvider = ShellContext.Provider;

export function useShell(): Shell {
  const shell = useContext(ShellContext);
  if (!shell) throw new Error('a component outside the page');
  return shell;
}
