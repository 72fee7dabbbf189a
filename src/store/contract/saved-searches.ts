/** Searches that people keep under a name, with what was found since they last looked, and the key of their feed. */
import type { TaskLimits } from '../../task/limits.ts';
import type { MaybePromise } from './maybe-promise.ts';

export interface SavedSearch {
  /** A UUID. */
  readonly id: string;
  readonly name: string;
  /** As it was typed. */
  readonly query: string;
  /** IANA time zone of its dates; undefined: that of the machine. */
  readonly timeZone: string | undefined;
  /** Of the token that saved it: it finds no tasks of others, whoever looks. Undefined: it finds all. */
  readonly limits: TaskLimits | undefined;
  /** Opens its feed to whoever knows it; undefined: it has none. */
  readonly feedKey: string | undefined;
  /** Increases with each change but that of the visit. */
  readonly version: number;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
  /** What was created since is new; at first, when it was saved. */
  readonly visitedAtMs: number;
}

export type NewSavedSearch = Pick<SavedSearch, 'id' | 'name' | 'query' | 'timeZone' | 'limits'> & {
  readonly nowMs: number;
};

/** Members that are absent stay as they are. */
export type SavedSearchChange = Partial<Pick<SavedSearch, 'name' | 'query' | 'timeZone' | 'feedKey'>>;

export interface SavedSearchAccess {
  /** Of the caller: what others have saved is unknown. Absent: everything is known. */
  readonly within?: TaskLimits | undefined;
  readonly nowMs: number;
}

export type SavedSearchOutcome =
  | { readonly kind: 'changed'; readonly saved: SavedSearch }
  /** `taken`: another one with the same limits has this name. `full`: there are MAX_SAVED_SEARCHES. `conflict`: another version. */
  | { readonly kind: 'taken' | 'full' | 'unknown' | 'conflict' };

/** With the same limits. */
export const MAX_SAVED_SEARCHES = 200;

/** A saved search is visible where its limits are within those of the caller. Names are unique among those with the same limits. */
export interface SavedSearchStore {
  /** In the order of their names. */
  savedSearches(within?: TaskLimits): MaybePromise<SavedSearch[]>;
  savedSearch(id: string, within?: TaskLimits): MaybePromise<SavedSearch | undefined>;
  savedSearchOfFeed(key: string): MaybePromise<SavedSearch | undefined>;
  addSavedSearch(saved: NewSavedSearch): MaybePromise<SavedSearchOutcome>;
  /** @param options.ifVersion the versions that the caller knows of; absent: whatever it is */
  changeSavedSearch(
    id: string,
    change: SavedSearchChange,
    options: SavedSearchAccess & { readonly ifVersion?: readonly number[] | undefined },
  ): MaybePromise<SavedSearchOutcome>;
  /** Records that somebody has looked at its hits. */
  visitSavedSearch(id: string, access: SavedSearchAccess): MaybePromise<SavedSearchOutcome>;
  /** False if it is unknown. */
  removeSavedSearch(id: string, within?: TaskLimits): MaybePromise<boolean>;
}
