/** Collections: named, ordered lists of tasks, and the public links that show one of them. */
import type { TaskId } from '../../task/id.ts';
import type { TaskLimits } from '../../task/limits.ts';
import type { KnownImage } from './images.ts';
import type { MaybePromise } from './maybe-promise.ts';

/** A list of all of them is one answer. */
export const MAX_COLLECTIONS = 1000;
/** A change of the order renumbers all of them in one step. */
export const MAX_COLLECTION_TASKS = 10_000;
/** UTF-16 units. */
export const MAX_COLLECTION_NOTE = 10_000;

/** The address of a collection for people without a token. */
export interface CollectionLink {
  /** Whoever knows it may see the collection. */
  readonly key: string;
  readonly showsPrompts: boolean;
  readonly createdAtMs: number;
}

export interface Collection {
  /** A UUID. */
  readonly id: string;
  /** Normalized (see src/task/entry-name.ts). */
  readonly name: string;
  /** Empty: none. */
  readonly note: string;
  /** Of the token that created it: it has only tasks within, and is shown only to who may see all of those. Undefined: no limits. */
  readonly limits: TaskLimits | undefined;
  /** The task whose picture stands for it, if one was chosen; else its first. */
  readonly cover: TaskId | undefined;
  readonly link: CollectionLink | undefined;
  /** With those that are no longer in the mirror. */
  readonly taskCount: number;
  readonly createdAtMs: number;
  /** Of its name, note, cover, link, tasks or their order. */
  readonly changedAtMs: number;
  /** Increases with each change. */
  readonly version: number;
}

/** A place in a collection. It stays when its task is forgotten or lost. */
export interface CollectionTask {
  readonly id: TaskId;
  readonly addedAtMs: number;
  /** Increases along the collection; changes when tasks are moved. */
  readonly place: number;
}

export type NewCollection = Pick<Collection, 'id' | 'name' | 'note' | 'limits'>;

/** A collection in a file: of another mirror, or of this one. Public links are of one mirror only. */
export interface ArchivedCollection
  extends Pick<Collection, 'name' | 'note' | 'limits' | 'cover' | 'changedAtMs'> {
  /** In order, without duplicates; also those that the mirror does not have. */
  readonly tasks: readonly TaskId[];
}

export type CollectionImport =
  | 'changed'
  /** The one that is stored is the same, or newer. */
  | 'kept'
  /** There are MAX_COLLECTIONS others. */
  | 'refused';

/** Absent members stay as they are. */
export interface CollectionChange {
  readonly name?: string;
  readonly note?: string;
  /** Null: the first one. */
  readonly cover?: TaskId | null;
  /** Null revokes the link. */
  readonly link?: Omit<CollectionLink, 'createdAtMs'> | null;
}

export interface ChangeOptions {
  readonly nowMs: number;
  /** What the caller may see: other collections are unknown. */
  readonly within: TaskLimits | undefined;
  /** The versions that the caller knows of: another one is not changed. Absent: whatever it is. */
  readonly ifVersion?: readonly number[] | undefined;
}

export type CollectionRefusal =
  | { readonly kind: 'unknown' | 'conflict' }
  /** The message says why, and what would be right. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Another collection with the same limits has this name. */
  | { readonly kind: 'name-taken' };

export type CollectionOutcome =
  | { readonly kind: 'done'; readonly collection: Collection }
  | CollectionRefusal;

/** Tasks that stood together, and the one before which they stood; undefined: at the end. */
export interface TaskRun {
  readonly ids: readonly TaskId[];
  readonly before: TaskId | undefined;
}

export interface PlacementResult {
  readonly collection: Collection;
  readonly added: readonly TaskId[];
  readonly moved: readonly TaskId[];
  /** They are not stored, or not within the limits of the collection. */
  readonly unknown: readonly TaskId[];
  /** Where the moved ones stood. Placed again in this order, they stand there. */
  readonly runs: readonly TaskRun[];
}

export interface TakingResult {
  readonly collection: Collection;
  readonly removed: number;
  /** Where the removed ones stood. */
  readonly runs: readonly TaskRun[];
}

export type Placement =
  | {
      readonly ids: readonly TaskId[];
      /** The task of the collection before which they are placed; null: the end. Absent: at the end, and those that are there stay. */
      readonly before?: TaskId | null | undefined;
    }
  /** Placed one after the other, in one step: all of them, or none. */
  | { readonly runs: readonly TaskRun[] };

export interface CollectionStore {
  /** Ordered by name. */
  collections(within: TaskLimits | undefined): MaybePromise<Collection[]>;
  collection(id: string, within: TaskLimits | undefined): MaybePromise<Collection | undefined>;
  /** The collections that have a task, ordered by name. */
  collectionsOf(id: TaskId, within: TaskLimits | undefined): MaybePromise<Collection[]>;
  /** The collection of a public link; undefined also for one that was revoked. */
  collectionOfLink(key: string): MaybePromise<Collection | undefined>;
  addCollection(collection: NewCollection, nowMs: number): MaybePromise<CollectionOutcome>;
  changeCollection(
    id: string,
    change: CollectionChange,
    options: ChangeOptions,
  ): MaybePromise<CollectionOutcome>;
  removeCollection(id: string, options: ChangeOptions): MaybePromise<CollectionOutcome>;
  /**
   * Stores an archived collection in place of an older one of the same name and limits, whose link stays. Tasks that are not stored
   * have their place in it all the same.
   * @param id of a new one
   */
  importCollection(id: string, archived: ArchivedCollection): MaybePromise<CollectionImport>;
  /** A page of its tasks, in order. @param after a place; undefined: from the beginning */
  collectionTasks(id: string, after: number | undefined, limit: number): MaybePromise<CollectionTask[]>;
  /** Adds tasks, or moves those that are there. */
  placeInCollection(
    id: string,
    placement: Placement,
    options: ChangeOptions,
  ): MaybePromise<({ readonly kind: 'done' } & PlacementResult) | CollectionRefusal>;
  takeFromCollection(
    id: string,
    ids: readonly TaskId[],
    options: ChangeOptions,
  ): MaybePromise<({ readonly kind: 'done' } & TakingResult) | CollectionRefusal>;
  /** An archived result of one of its tasks that is not hidden, and within its limits. */
  collectionImage(id: string, sha256: string): MaybePromise<KnownImage | undefined>;
}
