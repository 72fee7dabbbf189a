/** What the server puts into the wall's page, so that the script starts without a request. */
import type { Health, LayoutData, MonthCount, PlaceData, SearchInfo, TaskDetails, TileData } from './data.ts';
import type { Language } from './i18n/dictionary.ts';
import type { Preferences } from './preferences.ts';
import type { View } from './url.ts';

export interface PageData {
  readonly language: Language;
  readonly version: string;
  readonly preferences: Preferences;
  readonly rights: { readonly isSignedIn: boolean; readonly seesAll: boolean; readonly mayChange: boolean };
  /** Of the months on the page. */
  readonly timeZone: string;
  readonly nowMs: number;
  readonly health: Health;
  /** The mirror's last event before the page was read; undefined on a page that nothing happens on. */
  readonly lastEventId?: string;
}

export interface WallData extends PageData {
  readonly view: View;
  /** Empty in the order of best match. */
  readonly months: readonly MonthCount[];
  /** Of the months that the first tiles are from. */
  readonly layouts: readonly LayoutData[];
  /** The first ones. */
  readonly tiles: readonly TileData[];
  readonly nextCursor: string | null;
  readonly total: { readonly count: number; readonly isExact: boolean };
  /** Why the tasks could not be read, in words; null: they could. */
  readonly problem: string | null;
  /** Without a search. */
  readonly allTasks: number | undefined;
  readonly info: SearchInfo;
  /** Whether there is any tag, so that tags can be chosen. */
  readonly hasTags: boolean;
  /** Of the task in the address. */
  readonly task:
    | { readonly details: TaskDetails | 'missing' | 'failed'; readonly place: PlaceData | null }
    | undefined;
}

/** Of a page whose content no script changes. */
export interface StaticPageData extends PageData {
  /** Where the search leads; without it, to the wall. */
  readonly search?: SearchForm | undefined;
}

/** The form of a search box. */
export interface SearchForm {
  /** Of a page: `./prompts`. */
  readonly action: string;
  /** What is searched for. */
  readonly q: string;
  /** What else is sent. */
  readonly params: Readonly<Record<string, string>>;
}

/** Of the page that asks for a token. */
export interface SignInData extends PageData {
  /** Where to go then, relative to the page. */
  readonly next: string;
  readonly error: SignInError | undefined;
}

/** Why a token is asked for again. */
export const SIGN_IN_ERRORS = ['invalid_token', 'no_token', 'expired'] as const;
export type SignInError = (typeof SIGN_IN_ERRORS)[number];
